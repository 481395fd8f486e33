using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Granary.Serving;
using Granary.Sessions;

namespace Granary.Turns;

/// <summary>What readers of a turn see: who answers, whenever that changes, and the frames by their record numbers. Any number reads, each at its own pace.</summary>
/// <remarks>Everything runs on the scheduler of the grain that owns the turn, so there are no locks.</remarks>
internal sealed class TurnEvents(string sessionId, int turn)
{
    private readonly List<TurnEvent> _events = [];
    private readonly List<int> _frames = []; // record number -> place among the events
    private TaskCompletionSource _changed = NewSignal();
    private ExceptionDispatchInfo? _failure;
    private bool _ended;

    /// <summary>The frames so far.</summary>
    public int Records => _frames.Count;

    /// <summary>The frames so far, by record number.</summary>
    public IEnumerable<TokenFrame> Frames => _frames.Select(place => _events[place].Frame!);

    /// <summary>The first record that a reader lacks who has all tokens before <paramref name="nextIndex"/>; of turns with one output.</summary>
    public int RecordAt(int nextIndex)
    {
        var record = _frames.FindIndex(place => FrameCut.From(_events[place].Frame!, nextIndex) is not null);
        return record < 0 ? Records : record;
    }

    /// <summary>Somebody answers.</summary>
    public void Add(ReplicaDescriptor replica) =>
        Add(new TurnEvent { SessionId = sessionId, Turn = turn, Model = replica.Model, Silo = replica.Silo, Zone = replica.Zone });

    /// <summary>A frame that is in the log.</summary>
    public void Add(TokenFrame frame)
    {
        _frames.Add(_events.Count);
        Add(Event(frame, _frames.Count - 1));
    }

    /// <summary>Nothing comes any more.</summary>
    /// <param name="failure">What readers get after the last event.</param>
    public void End(Exception? failure = null)
    {
        _failure = failure is null ? null : ExceptionDispatchInfo.Capture(failure);
        _ended = true;
        Signal();
    }

    /// <summary>Who answers now, then what is there from a record on and what comes, to the end.</summary>
    public async IAsyncEnumerable<TurnEvent> ReadAsync(int nextRecord, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = nextRecord < _frames.Count ? _frames[nextRecord] : _events.Count;
        var origin = next - 1;
        while (origin >= 0 && _events[origin].Frame is not null)
        {
            origin--;
        }

        if (origin >= 0)
        {
            yield return _events[origin];
        }

        while (true)
        {
            while (next < _events.Count)
            {
                var item = _events[next++];
                if (item.Frame is null || item.Record >= nextRecord)
                {
                    yield return item;
                }
            }

            if (_ended)
            {
                _failure?.Throw();
                yield break;
            }

            await _changed.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The event of a frame.</summary>
    public TurnEvent Event(TokenFrame frame, int record) => new() { SessionId = sessionId, Turn = turn, Frame = frame, Record = record };

    private void Add(TurnEvent item)
    {
        _events.Add(item);
        Signal();
    }

    private void Signal()
    {
        var changed = _changed;
        _changed = NewSignal();
        changed.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
