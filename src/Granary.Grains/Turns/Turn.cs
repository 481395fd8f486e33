using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Granary.Errors;
using Granary.Models;
using Granary.Serving;
using Granary.Sessions;
using Granary.Tenants;
using Granary.TokenLog;
using Microsoft.Extensions.Logging;

namespace Granary.Turns;

/// <summary>
/// One running turn: takes what replicas generate, writes it into the log, and then shows it to readers. It depends on no reader, and on no activation: another
/// one goes on with it from the log.
/// </summary>
/// <remarks>
/// Nothing in it runs side by side, so there are no locks; only the cancellations may come from elsewhere. While an append is on
/// its way nothing is taken from the replica, which joins its steps meanwhile. The last frame is shown when the outcome is stored as well; if the store is away
/// then, it is shown all the same, being in the log, and the outcome is stored later.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "Cancellation sources without timer or link hold nothing to dispose of.")]
internal sealed partial class Turn : ITurnHandle
{
    private static readonly TimeSpan StoreRetry = TimeSpan.FromMilliseconds(250);

    private readonly TurnServices _services;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _leave = new();
    private readonly TaskCompletionSource _completion = NewSignal();
    private readonly TaskCompletionSource _accepted = NewSignal();
    private readonly GenerationProgress _progress;
    private TurnPlan _plan;
    private Activity? _span;
    private TurnLease _lease;
    private string? _replica;
    private string? _fingerprint; // what the last frame that has one says
    private bool _isClosed;
    private bool _hasFailed; // by the log
    private bool _isFenced;
    private bool _hasBegun; // by a replica
    private bool _ended;

    public Turn(TurnPlan plan, TurnServices services)
    {
        _plan = plan;
        _services = services;
        _logger = services.Logger;
        _progress = new GenerationProgress(plan.Request.Choices, []);
        Events = new TurnEvents(plan.SessionId, plan.Key.Turn, services.Time);
    }

    public GrainId Owner => _plan.Owner;

    /// <summary>The turn's number, from 0.</summary>
    public int Number => _plan.Key.Turn;

    /// <summary>What readers see.</summary>
    public TurnEvents Events { get; }

    /// <summary>Whether it broke off with an error.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Ends when the turn has ended and its outcome is stored, or when it left; never fails. Its usage may still be on its way to the tenant's books.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Ends when a replica has taken it, or had taken it before; fails with what refused it.</summary>
    public Task Accepted => _accepted.Task;

    /// <summary>Of a turn whose log was closed before its end.</summary>
    public static GranaryException BrokenOff() => new(ErrorCode.Unavailable, "The reply broke off. What was generated is kept; ask again.");

    /// <summary>Begins, or goes on where the log ends.</summary>
    public void Start() => _ = RunAsync();

    /// <summary>Asks the engine to stop; what was generated is kept. Stopping twice, or after the end, is no error.</summary>
    public void Stop()
    {
        if (!_ended)
        {
            _stop.Cancel();
        }
    }

    public async Task DetachAsync()
    {
        await _leave.CancelAsync();
        await Completion;
    }

    private async Task RunAsync()
    {
        _services.Local.Register(this);
        using var span = _span = TurnTelemetry.Start(_plan);
        GranaryException? failure = null;
        TokenFrame[] last = [];
        try
        {
            await OpenAsync();
            last = await GenerateAsync();
        }
        catch (FencedException exception)
        {
            LogFenced(exception.Message);
            Leave();
            return;
        }
        catch (OperationCanceledException) when (_leave.IsCancellationRequested)
        {
            Leave();
            return;
        }
        catch (ObjectDisposedException)
        {
            Leave(); // the silo's log has ended: the silo has, nearly
            return;
        }
        catch (Exception exception)
        {
            failure = GrainErrors.Translate(exception);
            span?.Fail(failure);
        }

        await EndAsync(last, failure);
    }

    /// <summary>Takes the turn over and shows what the log has.</summary>
    private async Task OpenAsync()
    {
        var logged = await TryOpenAsync();
        while (logged is null)
        {
            await Task.Delay(StoreRetry, _services.Time, _leave.Token);
            logged = await TryOpenAsync();
        }

        Join(logged.Request);
        (_lease, _isClosed, _hasFailed) = (logged.Lease, logged.IsClosed, logged.HasFailed);
        foreach (var frame in logged.Frames)
        {
            _progress.Add(frame);
            _fingerprint = frame.Fingerprint ?? _fingerprint;
            Events.Add(frame);
        }

        if (logged.Frames.Count > 0)
        {
            _accepted.TrySetResult();
        }
    }

    /// <summary>Goes on with what the first to open the log asked for: of two that were asked at the same time, one alone is admitted.</summary>
    private void Join(byte[]? first)
    {
        if (first is null || _plan.Header.AsSpan().SequenceEqual(first) || _plan.Read?.Invoke(first) is not { } begun || begun.Reservation == _plan.Request.Reservation)
        {
            return;
        }

        if (_plan.Request.Reservation is { } mine)
        {
            _services.Quotas.GiveBack(mine);
        }

        _plan = _plan with { Request = begun, Header = first };
    }

    /// <summary>The turn as the log has it; <see langword="null"/> while the store is away, for the turn is promised already.</summary>
    private async Task<LoggedTurn?> TryOpenAsync()
    {
        try
        {
            return await _services.Log.OpenAsync(_plan.Key, _plan.Header, _leave.Token);
        }
        catch (GranaryException exception) when (exception.Code == ErrorCode.StoreUnavailable)
        {
            LogStoreAway(_plan.Key.Owner, Number, exception.Message);
            return null;
        }
    }

    /// <summary>Generates to the end; the frame that ends the last output is logged but not shown yet.</summary>
    private async Task<TokenFrame[]> GenerateAsync()
    {
        if (_progress.IsComplete)
        {
            return []; // only its end had not been stored
        }

        if (_isClosed || _hasFailed)
        {
            throw BrokenOff(); // the log takes nothing more of it
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, _leave.Token);
        var fingerprint = _fingerprint;
        var request = _plan.Request with { TraceParent = _span?.Id ?? _plan.Request.TraceParent };
        var generation = new SurvivingGeneration(
            _services.Router, _plan.Model, request, _progress, _services.Failover, _services.Time, _logger);
        try
        {
            if (_plan.Request.Reservation is { } reservation)
            {
                await _services.Quotas.ResumeAsync(reservation, either.Token);
            }

            await foreach (var output in generation.ReadAsync(either.Token))
            {
                if (output.Replica is { } replica)
                {
                    Events.Add(replica);
                    _replica = replica.ShardKey;
                    _accepted.TrySetResult();
                    fingerprint = replica.Fingerprint;
                }
                else if (output.Frame is { } plain)
                {
                    var frame = fingerprint == _fingerprint ? plain : plain with { Fingerprint = _fingerprint = fingerprint };
                    await AppendAsync(Events.Records, frame);
                    if (_progress.IsComplete)
                    {
                        return [frame];
                    }

                    Events.Add(frame);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested && !_leave.IsCancellationRequested)
        {
            var ends = _progress.End(FinishReason.Cancelled);
            for (var i = 0; i < ends.Length; i++)
            {
                await AppendAsync(Events.Records + i, ends[i]);
            }

            return ends;
        }
        finally
        {
            _hasBegun = generation.HasBegun;
        }

        return [];
    }

    private ValueTask AppendAsync(int record, TokenFrame frame) => _services.Log.AppendAsync(_lease, record, frame, _leave.Token);

    /// <summary>Stores the outcome, shows the end, and hands over what is left.</summary>
    /// <remarks>
    /// A last frame is in the log, which took it from whoever has the turn. A failure is put there first, so that whoever has lost the turn without having heard of it, a
    /// silo that dies above all, ends it for nobody else. The log is closed last, by <see cref="TurnSettlements"/>: until then whoever finds the turn there does what is left to do.
    /// </remarks>
    private async Task EndAsync(TokenFrame[] last, GranaryException? failure)
    {
        var frames = Events.Frames.Concat(last).ToArray();
        var outcome = new TurnOutcome(
            Number, string.Concat(frames.Where(static frame => frame.Choice == 0).Select(static frame => frame.Text)), frames.LastOrDefault()?.FinishReason ?? FinishReason.Cancelled, failure, _replica);
        var logged = failure is null || await TryAsync(FailAsync);
        if (_isFenced)
        {
            Leave();
            return;
        }

        var stored = logged && await TryAsync(() => _plan.Complete(outcome));
        Show(last, failure);
        try
        {
            while (!logged)
            {
                await Task.Delay(StoreRetry, _services.Time, _leave.Token);
                logged = await TryAsync(FailAsync);
            }

            while (!stored && !_isFenced)
            {
                await Task.Delay(StoreRetry, _services.Time, _leave.Token);
                stored = await TryAsync(() => _plan.Complete(outcome));
            }

            if (!_isFenced)
            {
                await HandOverAsync(frames, failure);
            }
        }
        catch (OperationCanceledException)
        {
            // The owner's next activation finds the outcome in the log, or the turn still open there.
        }

        Finish();
    }

    private Task FailAsync() => _lease == default || _isClosed ? Task.CompletedTask : _services.Log.FailAsync(_lease, Events.Records, _leave.Token);

    /// <summary>What is left to do needs nothing of the activation.</summary>
    private async Task HandOverAsync(TokenFrame[] frames, GranaryException? failure)
    {
        var reservation = _plan.Request.Reservation;
        if (reservation is not null && _isClosed)
        {
            _services.Quotas.Drop(reservation); // it was over before anybody asked for it again
        }
        else if (reservation is not null)
        {
            var usage = await TurnUsage.CountAsync(
                reservation, _plan.Model, frames, hasFailed: failure is not null, isCharged: _hasBegun && failure is null, _plan.Request.Layout, MeasureAsync);
            _services.Settlements.Add(Owner, new TurnClosing(_lease, _plan.Keep), reservation, usage);
        }
        else if (_lease != default && !_isClosed)
        {
            _ = await TryAsync(() => _services.Log.CloseAsync(_lease, _plan.Keep, _leave.Token)); // if it does not, the owner is woken once more
        }
    }

    /// <summary>Tokens of the prompt, as soon as there is a model to count them.</summary>
    private async Task<int> MeasureAsync()
    {
        while (true)
        {
            try
            {
                return await _services.Quotas.MeasureAsync(_plan.Model, _plan.Request, _leave.Token);
            }
            catch (GranaryException exception)
            {
                LogNotMeasured(_plan.Key.Owner, Number, exception.Message);
                await Task.Delay(StoreRetry, _services.Time, _leave.Token);
            }
        }
    }

    private void Show(TokenFrame[] last, GranaryException? failure)
    {
        _ended = true;
        HasFailed = failure is not null;
        foreach (var frame in last)
        {
            Events.Add(frame);
        }

        Events.End(failure);
        if (failure is not null)
        {
            _accepted.TrySetException(failure);
        }
        else
        {
            _accepted.TrySetCanceled();
        }
    }

    private void Leave()
    {
        _ended = true;
        _plan.Left(); // first, so that whoever reads on asks for it where it goes
        var moving = new TurnMovedException();
        Events.End(moving);
        _accepted.TrySetException(moving);
        Finish();
    }

    private void Finish()
    {
        _ = _accepted.Task.Exception; // nobody need have waited for it
        _services.Local.Remove(this);
        _completion.TrySetResult();
    }

    /// <returns>Whether it need not be tried again.</returns>
    private async Task<bool> TryAsync(Func<Task> access)
    {
        try
        {
            await access();
        }
        catch (Exception exception) when (exception is FencedException || (exception is OperationCanceledException && _leave.IsCancellationRequested))
        {
            _isFenced = true; // who has the turn now, or next, does it
        }
        catch (GranaryException exception) when (exception.Code == ErrorCode.StoreUnavailable && !GrainErrors.IsStale(exception))
        {
            LogStoreAway(_plan.Key.Owner, Number, exception.Message);
            return false;
        }
        catch (GranaryException exception)
        {
            LogNotStored(_plan.Key.Owner, Number, exception.Message);
        }

        return true;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
