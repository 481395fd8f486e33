using System.Collections.Concurrent;
using Orleans.Runtime.Messaging;
using Orleans.Runtime.Streaming;

namespace Orleans.Runtime;

/// <summary>The caller's side of calls: sends them and waits for what comes back. Timeouts are looked for a few times a second.</summary>
internal sealed partial class GrainCalls(SiloRuntime silo) : IGrainCallSender, IDisposable
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<long, PendingCall> _pending = new();
    private ITimer? _sweep;
    private long _lastId = Random.Shared.NextInt64(1L << 40) << 20;

    public void Start() => _sweep = silo.Time.CreateTimer(static calls => ((GrainCalls)calls!).Sweep(), this, SweepPeriod, SweepPeriod);

    public async ValueTask<TResult> InvokeAsync<TResult>(GrainReference target, Invokable<TResult> request)
    {
        await SendAsync(target, request);
        return request.Result;
    }

    public ValueTask InvokeAsync(GrainReference target, Invokable request) => new(SendAsync(target, request));

    public void InvokeOneWay(GrainReference target, Invokable request)
    {
        if (silo.OutgoingFilters.Length == 0)
        {
            SendOneWay(target, request);
            return;
        }

        _ = new OutgoingCallContext(target, request, silo.OutgoingFilters, () =>
        {
            SendOneWay(target, request);
            return Task.CompletedTask;
        }).Invoke();
    }

    public IAsyncEnumerable<TItem> Enumerate<TItem>(GrainReference target, StreamInvokable<TItem> request) =>
        new RemoteStream<TItem>(target, request);

    /// <summary>Completes a call with what its callee in this process holds.</summary>
    public void Complete(long id, Invokable callee)
    {
        if (_pending.TryRemove(id, out var call))
        {
            call.Complete(callee);
        }
    }

    /// <summary>Completes a call with what came from elsewhere.</summary>
    public void Complete(Message answer, SiloAddress peer, ref WireReader payload)
    {
        if (answer.Kind == MessageKind.Forwarded)
        {
            if (_pending.TryGetValue(answer.Id, out var forwarded))
            {
                forwarded.TargetSilo = payload.Read<SiloAddress>();
                silo.Directory.Invalidate(forwarded.Target, peer);
            }

            return;
        }

        if (!_pending.TryRemove(answer.Id, out var call))
        {
            return;
        }

        if (answer.Kind == MessageKind.Response)
        {
            call.Complete(ref payload);
            return;
        }

        if (answer.Kind == MessageKind.Rejection)
        {
            silo.Directory.Invalidate(call.Target, peer);
        }

        call.Fail(ReadException(ref payload));
    }

    public void Fail(long id, Exception exception)
    {
        if (_pending.TryRemove(id, out var call))
        {
            call.Fail(exception);
        }
    }

    /// <summary>Notes which silo has the call, so that it fails when the silo dies.</summary>
    public void SetTarget(long id, SiloAddress target)
    {
        if (_pending.TryGetValue(id, out var call))
        {
            call.TargetSilo = target;
        }
    }

    /// <summary>Fails the calls that a dead silo has.</summary>
    public void SiloDied(SiloAddress dead)
    {
        foreach (var (id, call) in _pending)
        {
            if (dead.Equals(call.TargetSilo))
            {
                Fail(id, new SiloUnavailableException($"The silo {dead} died while it had a call to {call.Target}; whether the call ran is unknown."));
            }
        }
    }

    /// <summary>
    /// Fails the calls that were sent to a silo, when a connection with it has broken: request or answer may be lost, and would be waited for until the timeout. Calls that
    /// were not sent yet wait for the next connection.
    /// </summary>
    public void ConnectionBroke(SiloAddress peer)
    {
        foreach (var (id, call) in _pending)
        {
            if (call.IsSent && peer.Equals(call.TargetSilo))
            {
                Fail(id, new SiloUnavailableException($"The connection with {peer} broke while it had a call to {call.Target}; whether the call ran is unknown."));
            }
        }
    }

    /// <summary>Fails all calls, as when this silo stops.</summary>
    public void FailAll()
    {
        foreach (var id in _pending.Keys)
        {
            Fail(id, new SiloUnavailableException($"The silo {silo.Address} has stopped."));
        }
    }

    public void Dispose() => _sweep?.Dispose();

    private static Exception ReadException(ref WireReader payload)
    {
        try
        {
            return payload.Read<Exception>();
        }
        catch (Exception exception)
        {
            return new OrleansException("The call failed, and its exception could not be read.", exception);
        }
    }

    private Task SendAsync(GrainReference target, Invokable request) => silo.OutgoingFilters.Length == 0 || request.Method.Interface.Assembly == typeof(GrainCalls).Assembly
        ? Send(target, request)
        : new OutgoingCallContext(target, request, silo.OutgoingFilters, () => Send(target, request)).Invoke();

    /// <summary>Sends a call past the outgoing filters.</summary>
    public Task Send(GrainReference target, Invokable request)
    {
        var token = request.CancellationToken;
        if (token.IsCancellationRequested)
        {
            return Task.FromCanceled(token);
        }

        var timeout = request.Method.ResponseTimeout ?? silo.Messaging.ResponseTimeout;
        var milliseconds = timeout == Timeout.InfiniteTimeSpan ? 0 : (int)Math.Min(timeout.TotalMilliseconds, int.MaxValue);
        var deadline = milliseconds == 0 ? long.MaxValue : Environment.TickCount64 + milliseconds;
        var call = new PendingCall(Interlocked.Increment(ref _lastId), target.GrainId, request, timeout, deadline);
        _pending[call.Id] = call;
        if (silo.IsStopped)
        {
            Fail(call.Id, new SiloUnavailableException($"The silo {silo.Address} has stopped.")); // nobody looks for timeouts here any more
            return call.Task;
        }

        call.CancelWith(OnCancelled, token);
        silo.Router.Send(NewRequest(MessageKind.Request, call.Id, target, request, milliseconds, call), request);
        return call.Task;
    }

    /// <inheritdoc cref="Send"/>
    public void SendOneWay(GrainReference target, Invokable request) =>
        silo.Router.Send(NewRequest(MessageKind.OneWay, Interlocked.Increment(ref _lastId), target, request, 0, null), request);

    private Message NewRequest(MessageKind kind, long id, GrainReference target, Invokable request, int timeToLive, PendingCall? caller) => new()
    {
        Kind = kind,
        Id = id,
        Origin = silo.Address,
        Target = target.GrainId,
        Source = RuntimeContext.Current?.GrainId ?? default,
        Method = request.Method,
        Caller = caller,
        Context = RequestContext.Export(),
        Reentrancy = RequestContext.ReentrancyId,
        TimeToLive = timeToLive,
        Expires = timeToLive == 0 ? 0 : Environment.TickCount64 + timeToLive,
    };

    private void OnCancelled(object? state)
    {
        var call = (PendingCall)state!;
        if (_pending.TryRemove(call.Id, out _))
        {
            silo.Router.SendCancel(call);
            call.Fail(new OperationCanceledException(call.Request.CancellationToken));
        }
    }

    private void Sweep()
    {
        var now = Environment.TickCount64;
        foreach (var (id, call) in _pending)
        {
            if (now > call.Deadline)
            {
                Fail(id, new TimeoutException($"No answer to {call.Request} of {call.Target} within {call.Timeout}; the call may still run."));
            }
        }
    }
}
