using System.Runtime.CompilerServices;
using Granary.Errors;
using Granary.Models;
using Granary.Serving;
using Granary.Streaming;
using Microsoft.Extensions.Logging;

namespace Granary.Turns;

/// <summary>
/// One generation over as many replicas as it takes: a replica that fails, falls silent or gives frames that do not follow is left for another one, which goes on
/// after the last token; one that is being drained hands the generation over with its keys and values.
/// </summary>
/// <remarks>Can be read once. What it has given is what the next replica is told, so the reader must keep every frame.</remarks>
internal sealed partial class SurvivingGeneration(
    IReplicaRouter router, string model, GenerateRequest request, GenerationProgress progress, FailoverOptions options, TimeProvider time, ILogger logger)
{
    // Where one replica after the other is silent, it is the machines that are busy: asking anew and anew would keep them so.
    private const int MostDoublings = 3;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenMoves = TimeSpan.FromSeconds(1);

    private readonly HashSet<int> _moved = [];
    private readonly Wake _wake = new(); // the replicas and the watch do
    private readonly RetryState _retry = new(time);
    private ReplicaStream _current = null!;
    private ReplicaStream? _successor;
    private long? _lastMove;
    private int _stalls; // since the last frame

    /// <summary>Whether a replica has begun to compute the prompt.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Who answers, whenever that changes, and frames without hole or overlap until all outputs have ended.</summary>
    /// <exception cref="GranaryException">A replica refused what no replica will do, or none was found in time.</exception>
    public async IAsyncEnumerable<ReplicaOutput> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watch = new StallWatch(time, _wake.Set);
        await using var cancelled = cancellationToken.UnsafeRegister(static wake => ((Wake)wake!).Set(), _wake);
        _current = Open(null, null, cancellationToken);
        try
        {
            while (!progress.IsComplete)
            {
                if (Look() is not var (output, failure))
                {
                    var patience = options.StallAfter * (1 << Math.Min(_stalls, MostDoublings));
                    watch.Arm(patience); // since the current replica was heard of last, whatever comes of its successor
                    await _wake.WaitAsync();
                    cancellationToken.ThrowIfCancellationRequested();
                    if (!watch.HasStalled || _current.HasOutcome)
                    {
                        continue;
                    }

                    (output, failure) = (default, Stalled(patience));
                }

                watch.Disarm();
                cancellationToken.ThrowIfCancellationRequested();
                if (failure is not null)
                {
                    await ReplaceAsync(failure, cancellationToken);
                }
                else if (output.Replica is not null)
                {
                    yield return output;
                }
                else if (output.Frame is { IsHeartbeat: true } heartbeat)
                {
                    HasBegun |= heartbeat.HasBegun;
                    if (heartbeat.IsLeaving)
                    {
                        BeginMove(cancellationToken);
                    }
                }
                else if (output.Frame is { } frame)
                {
                    yield return new ReplicaOutput(null, Accept(frame));
                    if (_successor is not null && progress.IsCompleteBut(_moved))
                    {
                        SwitchOver();
                        if (_current.Replica is { } replica)
                        {
                            yield return new ReplicaOutput(replica, null);
                        }
                    }
                }
            }
        }
        finally
        {
            End(_current);
            _successor?.Abandon();
        }
    }

    private void End(ReplicaStream stream)
    {
        if (progress.IsComplete)
        {
            stream.Finish();
        }
        else
        {
            stream.Abandon();
        }
    }

    private ReplicaStream Open(string? avoid, string? moveFrom, CancellationToken cancellationToken)
    {
        var asked = request with { Resumed = progress.ToResumed(), MoveFrom = moveFrom };
        return new ReplicaStream(token => router.GenerateAsync(model, asked, avoid, token), _wake, cancellationToken);
    }

    /// <summary>The current replica's next output, or why it must be left; <see langword="null"/> while there is neither.</summary>
    private (ReplicaOutput Output, GranaryException? Failure)? Look()
    {
        if (_successor is { HasOutcome: true } && !LookAtSuccessor())
        {
            return (default, new GranaryException(ErrorCode.Unavailable, "The reply could not be moved with its keys and values; it goes on without."));
        }

        return _current.HasOutcome ? Outcome() : null;
    }

    private GranaryException Stalled(TimeSpan patience)
    {
        _stalls++;
        return new GranaryException(ErrorCode.Unavailable, $"The replica has not been heard of for {patience.TotalSeconds:0.#} s.");
    }

    private (ReplicaOutput Output, GranaryException? Failure) Outcome()
    {
        try
        {
            if (!_current.HasOutput())
            {
                return (default, new GranaryException(ErrorCode.Unavailable, "The replica ended the reply before it was finished."));
            }
        }
        catch (Exception exception)
        {
            // Who reads this looks at his own wish to stop first. Nobody else has one: a runtime ends, that of the replica or this one.
            var failure = GrainErrors.Translate(exception);
            return (default, failure.Code == ErrorCode.Cancelled ? new GranaryException(ErrorCode.Unavailable, "The replica stopped.", innerException: exception) : failure);
        }

        var output = _current.Take();
        return output.Frame is { IsHeartbeat: false } frame && !progress.Fits(frame)
            ? (default, new GranaryException(ErrorCode.Unavailable, $"The replica's tokens do not follow what was generated: {frame.Tokens.Length} of output {frame.Choice} came from {frame.FirstIndex} on."))
            : (output, null);
    }

    private TokenFrame Accept(TokenFrame frame)
    {
        if (frame.FinishReason == FinishReason.Moved)
        {
            _moved.Add(frame.Choice);
            frame = frame with { FinishReason = null, Usage = null };
        }

        progress.Add(frame);
        HasBegun = true;
        _retry.Succeeded();
        _stalls = 0;
        return frame;
    }

    /// <summary>Leaves the current replica for another one that computes the prefix anew, where it has not cached it.</summary>
    private async Task ReplaceAsync(GranaryException failure, CancellationToken cancellationToken)
    {
        var lost = _current.Replica?.ShardKey;
        _current.Abandon();
        _successor?.Abandon();
        _successor = null;
        _moved.Clear();
        if (!_retry.Allows(failure.Code, progress.IsEmpty ? options.RefuseAfter : options.GiveUpAfter, progress.IsEmpty))
        {
            throw failure;
        }

        TurnMetrics.FailedOver(failure.Code);
        TurnTelemetry.NoteReplica("failover", lost, failure.Code.Name());
        LogReplaced(request.RequestId, lost ?? "none", failure.Message);
        await Task.Delay(_retry.Delay(FirstDelay, LongestDelay), time, cancellationToken);
        _current = Open(lost, null, cancellationToken);
    }

    private void BeginMove(CancellationToken cancellationToken)
    {
        if (_successor is not null || _current.Replica is not { } replica || (_lastMove is { } last && time.GetElapsedTime(last) < BetweenMoves))
        {
            return;
        }

        _lastMove = time.GetTimestamp();
        _successor = Open(replica.ShardKey, replica.ShardKey, cancellationToken);
    }

    /// <summary>Lets the successor come as far as its first frame.</summary>
    /// <returns>Whether things are in order: <see langword="false"/> if it generates beside the current replica instead of taking over.</returns>
    private bool LookAtSuccessor()
    {
        var successor = _successor!;
        while (successor.HasOutcome)
        {
            if (!HasOutput(successor) || successor.Peek().Replica?.ShardKey == _current.Replica?.ShardKey)
            {
                // Nobody takes it; it stays where it is until the next sign that it should leave.
                successor.Abandon();
                _successor = null;
                return true;
            }

            if (successor.Peek().Frame is { IsHeartbeat: false } frame)
            {
                return !progress.Repeats(frame);
            }

            successor.Take();
        }

        return true;
    }

    private bool HasOutput(ReplicaStream successor)
    {
        try
        {
            return successor.HasOutput();
        }
        catch (Exception exception)
        {
            LogNotMoved(request.RequestId, exception.Message);
            return false;
        }
    }

    private void SwitchOver()
    {
        _current.Abandon();
        _current = _successor!;
        _successor = null;
        _moved.Clear();
        TurnMetrics.Moved();
        TurnTelemetry.NoteReplica("move", _current.Replica?.ShardKey);
        LogMoved(request.RequestId, _current.Replica?.ShardKey ?? "another");
    }

    [LoggerMessage(2301, LogLevel.Information, "{Request}: goes on at another replica than {Lost} ({Reason})")]
    private partial void LogReplaced(string request, string lost, string reason);

    [LoggerMessage(2303, LogLevel.Warning, "{Request}: could not be moved and stays where it is ({Reason})")]
    private partial void LogNotMoved(string request, string reason);

    [LoggerMessage(2302, LogLevel.Information, "{Request}: moved to {Shard}")]
    private partial void LogMoved(string request, string shard);
}
