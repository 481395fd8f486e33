using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Granary.Serving;

namespace Granary.Shards;

/// <summary>Several outputs of one prompt as one stream. The first goes ahead until its first token, so that the others find the prompt's KV cached.</summary>
internal static class ChoiceMerger
{
    /// <summary>Frames of all outputs as they come. The first failure ends them all.</summary>
    /// <param name="choices">The outputs; there may be none.</param>
    /// <param name="cancellationToken">Ends them all.</param>
    public static async IAsyncEnumerable<TokenFrame> MergeAsync(ChoiceStream[] choices, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (choices.Length == 0)
        {
            yield break;
        }

        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var first = choices[0].ReadAsync(leaving.Token).GetAsyncEnumerator(leaving.Token);
        if (choices.Length == 1)
        {
            while (await first.MoveNextAsync().ConfigureAwait(false))
            {
                yield return first.Current;
            }

            yield break;
        }

        var any = await first.MoveNextAsync();

        // Room for one: a slow reader makes the engine join its steps, not this queue grow.
        var frames = Channel.CreateBounded<TokenFrame>(new BoundedChannelOptions(1) { SingleReader = true });
        var pumps = new List<Task>();
        try
        {
            for (var i = 1; i < choices.Length; i++)
            {
                var pump = PumpAsync(choices[i].ReadAsync(leaving.Token), frames.Writer);
                pumps.Add(pump);

                // The engine refuses at once or not at all: nothing has been sent yet, so that the whole request can go to another replica.
                if (pump.IsFaulted)
                {
                    await pump;
                }
            }

            if (any)
            {
                yield return first.Current;
            }

            pumps.Add(PumpAsync(first, frames.Writer));
            _ = CompleteAsync(pumps, frames.Writer);
            await foreach (var frame in frames.Reader.ReadAllAsync(cancellationToken))
            {
                yield return frame;
            }
        }
        finally
        {
            await leaving.CancelAsync();
            frames.Writer.TryComplete();
            await Task.WhenAll(pumps).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private static async Task PumpAsync(IAsyncEnumerable<TokenFrame> source, ChannelWriter<TokenFrame> frames)
    {
        await using var enumerator = source.GetAsyncEnumerator();
        await PumpAsync(enumerator, frames);
    }

    private static async Task PumpAsync(IAsyncEnumerator<TokenFrame> source, ChannelWriter<TokenFrame> frames)
    {
        while (await source.MoveNextAsync())
        {
            await frames.WriteAsync(source.Current);
        }
    }

    private static async Task CompleteAsync(List<Task> pumps, ChannelWriter<TokenFrame> frames)
    {
        try
        {
            await foreach (var pump in Task.WhenEach(pumps))
            {
                await pump;
            }

            frames.TryComplete();
        }
        catch (Exception exception)
        {
            frames.TryComplete(exception);
        }
    }
}
