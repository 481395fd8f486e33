using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Text;
using Granary.Errors;
using Granary.Serving;
using Granary.Models;

namespace Granary.Sessions;

/// <summary>
/// One running turn: takes what a replica generates, keeps it, and shows it to readers by index. Generation does not depend on a reader's pace.
/// </summary>
/// <remarks>
/// Everything runs on the scheduler of the grain that owns the turn, so there are no locks; only the cancellation may come from elsewhere. Every event is
/// kept until the turn is dropped, so that a reader can start at any event: the place where a durable log and resumed or following readers attach.
/// The last frame is published only after <c>complete</c> has stored the reply: what a client knows to have ended has been written.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A cancellation source without timer or link holds nothing to dispose of.")]
internal sealed class Turn
{
    private readonly string _sessionId;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<TurnEvent> _events = [];
    private readonly StringBuilder _text = new();
    private readonly TaskCompletionSource _completion = NewSignal();
    private TaskCompletionSource _changed = NewSignal();
    private ExceptionDispatchInfo? _failure;
    private int _tokens;
    private bool _ended;

    public Turn(string sessionId, int number)
    {
        _sessionId = sessionId;
        Number = number;
    }

    /// <summary>The turn's number in its conversation, from 0.</summary>
    public int Number { get; }

    /// <summary>What was generated so far.</summary>
    public string Text => _text.ToString();

    /// <summary>Ends when the turn has ended and its reply is stored, or when it was abandoned; never fails.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Starts to take frames.</summary>
    /// <param name="generate">Starts the generation; the token is cancelled when the turn is stopped.</param>
    /// <param name="complete">Stores the outcome; its failure becomes the turn's.</param>
    public void Start(Func<CancellationToken, IAsyncEnumerable<ReplicaOutput>> generate, Func<TurnOutcome, Task> complete) =>
        _ = RunAsync(generate, complete);

    /// <summary>Ends a turn that never started.</summary>
    public void Abandon() => _completion.TrySetResult();

    /// <summary>Asks the engine to stop; what was generated is kept. Stopping twice, or after the end, is no error.</summary>
    public void Stop()
    {
        if (!_ended)
        {
            _stop.Cancel();
        }
    }

    /// <summary>Events from number <paramref name="from"/> on until the turn ends.</summary>
    /// <exception cref="GranaryException">The turn failed; thrown after the events before the failure.</exception>
    public async IAsyncEnumerable<TurnEvent> ReadAsync(int from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var next = from; ;)
        {
            while (next < _events.Count)
            {
                yield return _events[next++];
            }

            if (_ended)
            {
                _failure?.Throw();
                yield break;
            }

            await _changed.Task.WaitAsync(cancellationToken);
        }
    }

    private async Task RunAsync(Func<CancellationToken, IAsyncEnumerable<ReplicaOutput>> generate, Func<TurnOutcome, Task> complete)
    {
        TokenFrame? last = null;
        GranaryException? failure = null;
        try
        {
            await foreach (var output in generate(_stop.Token))
            {
                if (output.Replica is { } replica)
                {
                    Publish(new TurnEvent { SessionId = _sessionId, Turn = Number, Model = replica.Model, Silo = replica.Silo, Zone = replica.Zone });
                }

                if (output.Frame is { } frame)
                {
                    _text.Append(frame.Text);
                    _tokens += frame.Tokens.Length;
                    if (frame.FinishReason is not null)
                    {
                        last = frame;
                        break;
                    }

                    Publish(Event(frame));
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            failure = GrainErrors.Translate(exception);
        }

        if (last is null && failure is null && !_stop.IsCancellationRequested)
        {
            failure = new GranaryException(ErrorCode.Unavailable, "The replica ended the reply before it was finished. What was generated is kept; send the message again.");
        }

        var reason = last?.FinishReason ?? FinishReason.Cancelled;
        try
        {
            await complete(new TurnOutcome(Number, Text, reason, failure));
        }
        catch (Exception exception)
        {
            failure ??= GrainErrors.Translate(exception);
        }

        End(last ?? new TokenFrame { FirstIndex = _tokens, Tokens = [], Text = "", FinishReason = FinishReason.Cancelled }, failure);
    }

    private void End(TokenFrame last, GranaryException? failure)
    {
        _ended = true;
        if (failure is null)
        {
            Publish(Event(last));
        }
        else
        {
            _failure = ExceptionDispatchInfo.Capture(failure);
            Signal();
        }

        _completion.TrySetResult();
    }

    private TurnEvent Event(TokenFrame frame) => new() { SessionId = _sessionId, Turn = Number, Frame = frame };

    private void Publish(TurnEvent item)
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
