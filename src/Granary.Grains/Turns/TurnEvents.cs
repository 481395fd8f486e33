using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Granary.Serving;
using Granary.Sessions;
using Granary.Streaming;

namespace Granary.Turns;

/// <summary>What readers of a turn see: who answers, whenever that changes, and the frames by their record numbers. Any number reads, each at its own pace.</summary>
/// <remarks>The turn alone adds to it; readers are on any thread.</remarks>
internal sealed class TurnEvents(string sessionId, int turn, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<TurnEvent> _events = [];
    private readonly List<int> _frames = []; // record number -> place among the events
    private readonly List<Wake> _waiting = [];
    private ExceptionDispatchInfo? _failure;
    private bool _ended;

    /// <summary>Who reads.</summary>
    public TurnReaders Readers { get; } = new(time);

    /// <summary>The frames so far. For the turn.</summary>
    public int Records => _frames.Count;

    /// <summary>The frames so far, by record number. For the turn.</summary>
    public IEnumerable<TokenFrame> Frames => _frames.Select(place => _events[place].Frame!);

    /// <summary>Somebody answers.</summary>
    public void Add(ReplicaDescriptor replica)
    {
        lock (_lock)
        {
            _events.Add(new TurnEvent { SessionId = sessionId, Turn = turn, Model = replica.Model, Silo = replica.Silo, Zone = replica.Zone });
            Signal();
        }
    }

    /// <summary>A frame that is in the log.</summary>
    public void Add(TokenFrame frame)
    {
        lock (_lock)
        {
            _events.Add(new TurnEvent { SessionId = sessionId, Turn = turn, Frame = frame, Record = _frames.Count });
            _frames.Add(_events.Count - 1);
            Signal();
        }
    }

    /// <summary>Nothing comes any more.</summary>
    /// <param name="failure">What readers get after the last event.</param>
    public void End(Exception? failure = null)
    {
        lock (_lock)
        {
            _failure = failure is null ? null : ExceptionDispatchInfo.Capture(failure);
            _ended = true;
            Signal();
        }
    }

    /// <summary>Who answers now, then what there is from a record on and what comes, to the end.</summary>
    public async IAsyncEnumerable<TurnEvent> ReadAsync(int nextRecord, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var wake = new Wake();
        var hasReadAll = false;
        Readers.Enter();
        try
        {
            using var cancelled = cancellationToken.UnsafeRegister(static wake => ((Wake)wake!).Set(), wake);
            var (origin, next) = Find(nextRecord);
            if (origin is not null)
            {
                yield return origin;
            }

            while (true)
            {
                var (item, isEnd) = TakeOrWait(next, wake, cancellationToken);
                if (item is not null)
                {
                    next++;
                    if (item.Frame is null || item.Record >= nextRecord)
                    {
                        yield return item;
                    }
                }
                else if (isEnd)
                {
                    hasReadAll = true;
                    yield break;
                }
                else
                {
                    await wake.WaitAsync();
                }
            }
        }
        finally
        {
            Readers.Leave(hasReadAll);
        }
    }

    /// <summary>The same from a token on, in frames that begin there; of turns with one output.</summary>
    public async IAsyncEnumerable<TurnEvent> ReadTokensAsync(int nextIndex, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in ReadAsync(RecordAt(nextIndex), cancellationToken))
        {
            if (FrameCut.From(item, nextIndex) is { } rest)
            {
                yield return rest;
            }
        }
    }

    /// <summary>The first record that a reader lacks who has all tokens before <paramref name="nextIndex"/>.</summary>
    private int RecordAt(int nextIndex)
    {
        lock (_lock)
        {
            var record = _frames.FindIndex(place => FrameCut.From(_events[place].Frame!, nextIndex) is not null);
            return record < 0 ? Records : record;
        }
    }

    /// <summary>Who answers at a record, and the place of its event.</summary>
    private (TurnEvent? Origin, int Place) Find(int nextRecord)
    {
        lock (_lock)
        {
            var next = nextRecord < _frames.Count ? _frames[nextRecord] : _events.Count;
            return (_events.Take(next).LastOrDefault(static item => item.Frame is null), next);
        }
    }

    /// <summary>The event at a place; where there is none yet, <paramref name="wake"/> is set when there is.</summary>
    private (TurnEvent? Item, bool IsEnd) TakeOrWait(int place, Wake wake, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (place < _events.Count)
            {
                return (_events[place], false);
            }

            if (_ended)
            {
                _failure?.Throw();
                return (null, true);
            }

            cancellationToken.ThrowIfCancellationRequested();
            _waiting.Add(wake);
            return (null, false);
        }
    }

    // Under the lock; whoever waits goes on elsewhere.
    private void Signal()
    {
        foreach (var reader in _waiting)
        {
            reader.Set();
        }

        _waiting.Clear();
    }
}
