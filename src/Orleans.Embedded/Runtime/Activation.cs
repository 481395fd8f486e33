using System.Diagnostics;
using Orleans.Runtime.Messaging;
using Orleans.Runtime.Streaming;
using Orleans.Runtime.Timers;

namespace Orleans.Runtime;

/// <summary>
/// One living instance of a grain: what waits, what runs, and the rule which of the waiting may run beside the running. Its life (coming up, going down) is in Activation.Lifecycle.cs.
/// All mutable state is guarded by <see cref="_lock"/>; grain code runs on <see cref="Scheduler"/> alone.
/// </summary>
internal sealed partial class Activation : IGrainContext, IMessageTarget
{
    private readonly Lock _lock = new();
    private readonly List<IActivationWork> _running = [];
    private readonly LinkedList<IActivationWork> _waiting = new();
    private readonly List<GrainTimer> _timers = [];
    private Dictionary<Guid, int>? _reentrantSections;
    private StreamHost? _streams;
    private int _blocking;
    private long _lastUsed;
    private TimeSpan _keepAlive;

    public Activation(GrainId grainId, GrainClassInfo info, SiloRuntime silo, RehydrationContext? rehydration = null)
    {
        GrainId = grainId;
        Info = info;
        Silo = silo;
        _rehydration = rehydration;
        Scheduler = new(this);
        Address = new(grainId, silo.Address, Random.Shared.NextInt64());
        _lastUsed = silo.Time.GetTimestamp();
    }

    public GrainId GrainId { get; }

    public GrainClassInfo Info { get; }

    public SiloRuntime Silo { get; }

    public ActivationScheduler Scheduler { get; }

    /// <summary>What the directory knows of it.</summary>
    public ActivationAddress Address { get; }

    public object? GrainInstance { get; private set; }

    public GrainReference GrainReference => field ??= Silo.GrainFactory.CreateUntypedReference(GrainId, Info);

    public StreamHost Streams => _streams ??= new(this);

    public bool IsValid => _state == ActivationState.Valid;

    public bool IsIdle
    {
        get
        {
            lock (_lock)
            {
                return _state == ActivationState.Valid && _running.Count == 0 && _waiting.Count == 0;
            }
        }
    }

    public int Load
    {
        get
        {
            lock (_lock)
            {
                return _running.Count + _waiting.Count;
            }
        }
    }

    public TimeSpan IdleTime => IsIdle ? Silo.Time.GetElapsedTime(_lastUsed) - _keepAlive : TimeSpan.Zero;

    public void Receive(Message message)
    {
        if (message.Method!.HasCancellationToken)
        {
            message.Cancellation = new();
        }

        var refused = Enqueue(message);
        if (refused == Refusal.Gone)
        {
            Silo.Router.Reroute(message, _forwardTo);
        }
        else if (refused == Refusal.Full)
        {
            Silo.Calls.Reject(message, new LimitExceededException($"{GrainId} has too many waiting requests; try again later."));
        }
    }

    /// <summary>Queues a timer's tick; false when the activation is going.</summary>
    public bool TryEnqueue(IActivationWork work) => Enqueue(work) == Refusal.None;

    /// <summary>The caller of a request gives up: a running call sees its token, a waiting one never runs.</summary>
    public void Cancel(long id, SiloAddress origin)
    {
        CancellationTokenSource? running = null;
        lock (_lock)
        {
            foreach (var work in _running)
            {
                if (work is Message message && message.Id == id && message.Origin.Equals(origin))
                {
                    running = message.Cancellation;
                }
            }

            for (var node = _waiting.First; node is not null; node = node.Next)
            {
                if (node.Value is Message message && message.Id == id && message.Origin.Equals(origin))
                {
                    _waiting.Remove(node);
                    return;
                }
            }
        }

        // Callbacks of the token are grain code.
        if (running is not null)
        {
            Scheduler.Run(static source => ((CancellationTokenSource)source!).Cancel(), running);
        }
    }

    public void EnterReentrantSection(Guid id)
    {
        lock (_lock)
        {
            _reentrantSections ??= [];
            _reentrantSections[id] = _reentrantSections.GetValueOrDefault(id) + 1;
        }
    }

    public void LeaveReentrantSection(Guid id)
    {
        lock (_lock)
        {
            if (_reentrantSections!.TryGetValue(id, out var depth) && depth > 1)
            {
                _reentrantSections[id] = depth - 1;
            }
            else
            {
                _reentrantSections.Remove(id);
            }
        }
    }

    public void DelayDeactivation(TimeSpan time)
    {
        _lastUsed = Silo.Time.GetTimestamp();
        _keepAlive = time < TimeSpan.Zero ? TimeSpan.Zero : time;
    }

    public void Touch() => _lastUsed = Silo.Time.GetTimestamp();

    public void Add(GrainTimer timer)
    {
        lock (_lock)
        {
            _timers.Add(timer);
        }
    }

    public void Remove(GrainTimer timer)
    {
        lock (_lock)
        {
            _timers.Remove(timer);
        }
    }

    public override string ToString() => $"{GrainId} at {Silo.Address}";

    private Refusal Enqueue(IActivationWork work)
    {
        lock (_lock)
        {
            if (_state == ActivationState.Invalid)
            {
                return Refusal.Gone;
            }

            if (_state == ActivationState.Valid && _deactivation is null && MayRun(work))
            {
                Start(work);
                return Refusal.None;
            }

            if (Info.MaxWaiting > 0 && _waiting.Count >= Info.MaxWaiting)
            {
                return Refusal.Full;
            }

            _waiting.AddLast(work);
            return Refusal.None;
        }
    }

    private bool MayRun(IActivationWork work)
    {
        if (_blocking == 0 || work.AlwaysInterleaves || Info.Class.IsReentrant)
        {
            return true;
        }

        if (work.IsReadOnly && _running.TrueForAll(static running => running.IsReadOnly || running.AlwaysInterleaves))
        {
            return true;
        }

        if (work.Reentrancy != Guid.Empty && _reentrantSections is not null && _reentrantSections.ContainsKey(work.Reentrancy))
        {
            return true;
        }

        return Info.Class.MayInterleave is { } mayInterleave && work is Message { Call: { } call } && mayInterleave(GrainInstance!, call);
    }

    private void Start(IActivationWork work)
    {
        Debug.Assert(_lock.IsHeldByCurrentThread, "Starting work changes what runs.");
        _running.Add(work);
        if (!work.AlwaysInterleaves)
        {
            _blocking++;
        }

        Scheduler.Run(_ => _ = RunAsync(work), null);
    }

    private async Task RunAsync(IActivationWork work)
    {
        await work.RunAsync(this);
        lock (_lock)
        {
            _running.Remove(work);
            if (!work.AlwaysInterleaves)
            {
                _blocking--;
            }

            if (work is Message)
            {
                Touch();
            }

            Pump();
        }
    }

    private void Pump()
    {
        if (_state != ActivationState.Valid)
        {
            return;
        }

        if (_deactivation is not null)
        {
            if (_running.Count == 0)
            {
                BeginDeactivating();
            }

            return;
        }

        // The first that may run, and then those that may run beside it. Only read-only work and custom rules can let a later one pass an earlier one.
        for (var node = _waiting.First; node is not null;)
        {
            var next = node.Next;
            if (MayRun(node.Value))
            {
                _waiting.Remove(node);
                Start(node.Value);
            }
            else if (!_running.Exists(static work => work.IsReadOnly) && Info.Class.MayInterleave is null && _reentrantSections is null)
            {
                return;
            }

            node = next;
        }
    }

    private enum Refusal
    {
        None,
        Gone,
        Full,
    }
}
