using System.Globalization;

namespace Granary.Sessions;

/// <summary>A place in a list of conversations, which is newest first: behind the conversation that it names. Written as text, it tells where the next page begins.</summary>
/// <param name="UpdatedAt">When that one last changed.</param>
/// <param name="Id">Its id; of those that changed in the same moment the lower one is first.</param>
[GenerateSerializer, Immutable, Alias("granary.session.place")]
public sealed record SessionPlace([property: Id(0)] DateTimeOffset UpdatedAt, [property: Id(1)] string Id)
{
    private const char Separator = '-';

    /// <summary>The place behind a conversation.</summary>
    public static SessionPlace Behind(SessionInfo session) => new(session.UpdatedAt, session.Id);

    /// <summary>In the order of lists.</summary>
    public static IEnumerable<SessionInfo> Sort(IEnumerable<SessionInfo> sessions) =>
        sessions.OrderByDescending(static session => session.UpdatedAt).ThenBy(static session => session.Id, StringComparer.Ordinal);

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string text, out SessionPlace? place)
    {
        var end = text.IndexOf(Separator, StringComparison.Ordinal);
        place = end > 0 && long.TryParse(text.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTimeOffset.MaxValue.UtcTicks
            ? new SessionPlace(new DateTimeOffset(ticks, TimeSpan.Zero), text[(end + 1)..])
            : null;
        return place is not null;
    }

    /// <summary>Whether a conversation comes behind this place.</summary>
    public bool IsBefore(SessionInfo session) =>
        session.UpdatedAt < UpdatedAt || (session.UpdatedAt == UpdatedAt && string.CompareOrdinal(session.Id, Id) > 0);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{UpdatedAt.UtcTicks}{Separator}{Id}");
}
