using Granary.Host.Chat;

namespace Granary.Chaos.Clients;

/// <summary>A connection that ends without a word, so that nothing is taken for a wish to stop.</summary>
internal sealed class Vanishing(HubConnection connection) : IDisposable
{
    public HubConnection Connection => connection;

    public void Dispose() => connection.Abort();
}
