using Granary.Gateway.Completions;
using Granary.Sessions;

namespace Granary.Gateway.OpenAi;

/// <summary>A completion's events with their ids, for one reader.</summary>
/// <param name="id">The completion.</param>
/// <param name="model">Who answers.</param>
/// <param name="last">The last event that the reader had.</param>
internal sealed class NumberedEvents(CompletionId id, string model, EventId last)
{
    // Replayed from the first record: which call of a choice is which, and the usage, depend on what was before.
    private readonly ICompletionEvents _events = ICompletionEvents.For(id, model);

    /// <summary>Those of a frame that the reader lacks; frames are given in order, from the first.</summary>
    public IEnumerable<CompletionEvent> Of(TurnEvent item)
    {
        var part = 0;
        foreach (var data in _events.Of(item.Frame!))
        {
            var place = new EventId(item.Record, ++part);
            if (place > last)
                yield return new CompletionEvent(place, data);
        }
    }
}
