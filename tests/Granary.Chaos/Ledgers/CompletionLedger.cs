using Granary.Chaos.Clients;

namespace Granary.Chaos.Ledgers;

/// <summary>What one reader was shown of one streamed completion: every event, by its id.</summary>
/// <param name="journal">Where differences go.</param>
/// <param name="ask">What was asked for.</param>
internal sealed class CompletionLedger(Journal journal, CompletionAsk ask)
{
    private readonly List<SseEvent> _events = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private long _last = TimeProvider.System.GetTimestamp();

    /// <summary>The completion's id, once it is known.</summary>
    public string? Id { get; set; }

    /// <summary>What was asked for.</summary>
    public CompletionAsk Ask => ask;

    /// <summary>The events in the order in which they came, <c>[DONE]</c> among them.</summary>
    public IReadOnlyList<SseEvent> Events => _events;

    /// <summary>The last event's id: a client goes on from there.</summary>
    public string? LastEventId { get; private set; }

    /// <summary>Whether <c>[DONE]</c> was seen.</summary>
    public bool IsDone { get; private set; }

    /// <summary>How long nothing has come.</summary>
    public TimeSpan Quiet => TimeProvider.System.GetElapsedTime(_last);

    /// <summary>Where it is, for people.</summary>
    public string Where => $"{Id} ({ask.Kind})";

    /// <summary>Writes an event down.</summary>
    public void Add(SseEvent item)
    {
        var now = TimeProvider.System.GetTimestamp();
        journal.Waited(TimeProvider.System.GetElapsedTime(_last, now), Where);
        _last = now;
        if (item.Id is { } id)
        {
            if (!_ids.Add(id))
            {
                journal.Differs("repeat", Where, $"event {id} a second time");
            }

            LastEventId = id;
        }

        _events.Add(item);
        IsDone |= item.Data == "[DONE]";
    }
}
