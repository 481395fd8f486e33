using Granary.Errors;
using Granary.Sessions;

namespace Granary.Gateway.Following;

/// <summary>A place in a conversation's reply, counted in tokens.</summary>
/// <param name="next">Index of the first token that the reader lacks.</param>
internal sealed class TokenCursor(int next) : ITurnCursor
{
    private Origin _origin;
    private bool _hasTaken;

    /// <summary>Index of the first token that the reader lacks.</summary>
    public int Next { get; private set; } = next;

    public bool HasEnded { get; private set; }

    public bool Takes(TurnEvent item)
    {
        if (item.Frame is not { } frame)
            return _origin.IsNew(item);
        var end = frame.FirstIndex + frame.Tokens.Length;
        if (frame.FirstIndex < Next && end <= Next)
            return false;
        if (frame.FirstIndex != Next)
        {
            throw _hasTaken
                ? new GranaryException(ErrorCode.Internal, $"Tokens from {frame.FirstIndex} on came where those from {Next} on were due; read on from there.")
                : new GranaryException(ErrorCode.InvalidRequest, $"No frame begins at token {Next}; read on from the end of the last one that you had.", "nextIndex");
        }

        (Next, _hasTaken, HasEnded) = (end, true, frame.FinishReason is not null);
        return true;
    }
}
