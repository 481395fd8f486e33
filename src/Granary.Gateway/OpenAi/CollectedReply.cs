using System.Runtime.CompilerServices;
using Granary.Serving;
using Granary.Sessions;

namespace Granary.Gateway.OpenAi;

/// <summary>All outputs of a reply, put together from its frames as they pass.</summary>
/// <param name="choices">Outputs.</param>
internal sealed class CollectedReply(int choices)
{
    private readonly CollectedChoice[] _choices = [.. Enumerable.Range(0, choices).Select(choice => new CollectedChoice(choice))];

    /// <summary>Takes all in.</summary>
    /// <returns>The outputs, one frame each.</returns>
    public async Task<TokenFrame[]> ReadAsync(IAsyncEnumerable<TurnEvent> items)
    {
        await foreach (var item in items)
            _choices[item.Frame!.Choice].Add(item.Frame);
        return ToFrames();
    }

    /// <summary>Passes frames on and takes them in.</summary>
    public async IAsyncEnumerable<TurnEvent> PassAsync(IAsyncEnumerable<TurnEvent> items, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var item in items.WithCancellation(cancellationToken))
        {
            _choices[item.Frame!.Choice].Add(item.Frame);
            yield return item;
        }
    }

    /// <summary>The outputs, one frame each.</summary>
    public TokenFrame[] ToFrames() => Array.ConvertAll(_choices, choice => choice.ToFrame());
}
