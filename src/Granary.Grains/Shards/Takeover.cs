using System.Runtime.CompilerServices;
using Granary.Engine;
using Microsoft.Extensions.Logging;

namespace Granary.Shards;

/// <summary>A generation that comes from another engine with its keys and values, or, where that fails, without them.</summary>
/// <param name="engine">Goes on with it.</param>
/// <param name="logger">Is told why it came without.</param>
internal sealed partial class Takeover(IEngine engine, ILogger logger)
{
    /// <summary>What the engine generates; the first output repeats what there was.</summary>
    /// <param name="request">The generation with what is known of its output, from which it is computed again if it cannot be taken over.</param>
    /// <param name="exported">Its exported form.</param>
    /// <param name="cancellationToken">Ends the generation.</param>
    public async IAsyncEnumerable<EngineOutput> ReadAsync(
        EngineRequest request, IAsyncEnumerable<byte[]> exported, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using (var outputs = await TryImportAsync(request.RequestId, exported, cancellationToken))
        {
            if (outputs is not null)
            {
                do
                {
                    yield return outputs.Current;
                }
                while (await outputs.MoveNextAsync());

                yield break;
            }
        }

        await foreach (var output in engine.GenerateAsync(request, cancellationToken))
        {
            yield return output;
        }
    }

    /// <returns>The generation at its first output; <see langword="null"/> if there is none to take over, or something broke on the way.</returns>
    private async Task<IAsyncEnumerator<EngineOutput>?> TryImportAsync(string requestId, IAsyncEnumerable<byte[]> exported, CancellationToken cancellationToken)
    {
        await using var pieces = new PieceReader(exported, cancellationToken);
        var outputs = engine.ImportAsync(pieces, cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            if (await outputs.MoveNextAsync())
            {
                return outputs;
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotTakenOver(requestId, exception.Message); // whatever it was, the tokens that are known are enough to go on
        }
        catch
        {
            await outputs.DisposeAsync();
            throw;
        }

        await outputs.DisposeAsync();
        return null;
    }

    [LoggerMessage(2221, LogLevel.Warning, "Generation {Request} comes without its keys and values: {Reason}")]
    private partial void LogNotTakenOver(string request, string reason);
}
