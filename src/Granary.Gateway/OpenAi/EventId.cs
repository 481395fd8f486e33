using System.Globalization;
using Granary.Errors;

namespace Granary.Gateway.OpenAi;

/// <summary>The id of a server-sent event, <c>record:part</c>: what a client has had that says it is the last one.</summary>
/// <param name="Record">Record of the completion's log that it comes from, from 0.</param>
/// <param name="Part">Its place among the events of that record, from 1.</param>
internal readonly record struct EventId(int Record, int Part) : IComparable<EventId>
{
    /// <summary>Before the first event.</summary>
    public static EventId None { get; } = new(0, 0);

    /// <summary>Reads what a client sends as <c>Last-Event-ID</c>; empty is <see cref="None"/>.</summary>
    /// <exception cref="GranaryException">It is none of ours.</exception>
    public static EventId Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return None;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            && int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var record)
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var part)
            ? new(record, part)
            : throw new GranaryException(ErrorCode.InvalidRequest, "Last-Event-ID is the id of the last event that was received, like 12:1.", "last_event_id");
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Record}:{Part}");

    public int CompareTo(EventId other) => (Record, Part).CompareTo((other.Record, other.Part));

    public static bool operator >(EventId left, EventId right) => left.CompareTo(right) > 0;

    public static bool operator <(EventId left, EventId right) => left.CompareTo(right) < 0;

    public static bool operator >=(EventId left, EventId right) => left.CompareTo(right) >= 0;

    public static bool operator <=(EventId left, EventId right) => left.CompareTo(right) <= 0;
}
