using System.Runtime.CompilerServices;
using Granary.Engine;

namespace Granary.Shards;

/// <summary>A generation on its way out, in pieces that are read from the engine no faster than somebody takes them.</summary>
/// <param name="engine">Where it runs.</param>
/// <param name="requestId">Which one it is.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class Export(IEngine engine, string requestId, TimeProvider timeProvider)
{
    /// <summary>Bytes of a piece; the last one has less.</summary>
    public const int PieceBytes = 1024 * 1024;

    // It stands still meanwhile; who does not take a piece for so long takes none any more.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The pieces. The generation ends here when somebody asks for the one after the last; if nobody does, it goes on here.</summary>
    public async IAsyncEnumerable<byte[]> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, timeProvider);
        using var givenUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        await using var pieces = new PieceWriter();
        var export = WriteAsync(pieces, givenUp.Token);
        try
        {
            while (await pieces.TakeAsync() is { } piece)
            {
                yield return piece;
                patience.CancelAfter(Patience);
            }

            await export;
        }
        finally
        {
            await givenUp.CancelAsync();
            await export.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private async Task WriteAsync(PieceWriter pieces, CancellationToken cancellationToken)
    {
        try
        {
            await engine.ExportAsync(requestId, pieces, cancellationToken);
        }
        finally
        {
            pieces.End();
        }
    }
}
