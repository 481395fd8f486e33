using Granary.Errors;
using Granary.Sessions;

namespace Granary.Gateway.Following;

/// <summary>A place in a completion, counted in records of its log, from the first.</summary>
/// <param name="choices">Outputs of the completion.</param>
internal sealed class RecordCursor(int choices) : ITurnCursor
{
    private Origin _origin;
    private int _ended;

    /// <summary>Number of the first record that the reader lacks.</summary>
    public int Next { get; private set; }

    public bool HasEnded => _ended == choices;

    public bool Takes(TurnEvent item)
    {
        if (item.Frame is not { } frame)
            return _origin.IsNew(item);
        if (item.Record < Next)
            return false;
        if (item.Record > Next)
            throw new GranaryException(ErrorCode.Internal, $"Record {item.Record} came where record {Next} was due; read on from there.");
        Next++;
        if (frame.FinishReason is not null)
            _ended++;
        return true;
    }
}
