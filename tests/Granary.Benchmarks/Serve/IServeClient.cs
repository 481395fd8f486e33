namespace Granary.Benchmarks.Serve;

/// <summary>A way to ask a server.</summary>
internal interface IServeClient : IDisposable
{
    /// <summary>Asks once and reads the reply to its end; throws where that fails.</summary>
    Task<ServeResult> AskAsync(ServeRequest request, CancellationToken cancellationToken);
}
