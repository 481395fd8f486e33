using Granary.Serving;
using Granary.Sessions;

namespace Granary.Turns;

/// <summary>Reading on in the middle.</summary>
internal static class FrameCut
{
    /// <summary>
    /// What a reader lacks of a frame who has everything before <paramref name="nextIndex"/>; <see langword="null"/> if nothing. A frame's text belongs to its last
    /// token: readers are given whole frames, so that nobody has a part of it.
    /// </summary>
    public static TokenFrame? From(TokenFrame frame, int nextIndex)
    {
        var known = nextIndex - frame.FirstIndex;
        if (known <= 0)
        {
            return frame;
        }

        return known >= frame.Tokens.Length
            ? null
            : frame with
            {
                FirstIndex = nextIndex,
                Tokens = frame.Tokens[known..],
                LogProbs = frame.LogProbs is { } places ? places[Math.Min(known, places.Length)..] : null,
                PromptLogProbs = null,
            };
    }

    /// <summary>The same of an event; who answers concerns every reader.</summary>
    public static TurnEvent? From(TurnEvent item, int nextIndex)
    {
        if (item.Frame is not { } whole)
        {
            return item;
        }

        var frame = From(whole, nextIndex);
        return ReferenceEquals(frame, whole) ? item : frame is null ? null : item with { Frame = frame };
    }
}
