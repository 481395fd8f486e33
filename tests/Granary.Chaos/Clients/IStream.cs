namespace Granary.Chaos.Clients;

/// <summary>A client that has one stream at a time.</summary>
internal interface IStream
{
    /// <summary>Streams until <paramref name="stop"/>, and finishes what it is reading then.</summary>
    Task RunAsync(CancellationToken stop, CancellationToken cancellationToken);

    /// <summary>Loses the connection, if it has one.</summary>
    void Vanish();
}
