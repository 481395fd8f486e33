namespace Orleans.Runtime.Messaging;

/// <summary>
/// What silos and activations send to one another. A request that stays in its silo carries the call as an object in <see cref="Call"/>;
/// one that leaves it carries <see cref="Payload"/>, written when the message was made, so that the caller may go on changing its arguments.
/// </summary>
internal sealed class Message : IActivationWork
{
    public MessageKind Kind { get; init; }

    /// <summary>Unique at <see cref="Origin"/>; answers repeat it.</summary>
    public long Id { get; init; }

    /// <summary>The silo that waits for the answer.</summary>
    public required SiloAddress Origin { get; init; }

    /// <summary>Where the message goes next; null until a request has been addressed.</summary>
    public SiloAddress? TargetSilo { get; set; }

    public GrainId Target { get; init; }

    public GrainId Source { get; init; }

    public GrainMethod? Method { get; init; }

    public Invokable? Call { get; set; }

    /// <summary>The call that waits for the answer, when that is in this silo.</summary>
    public PendingCall? Caller { get; init; }

    public WireWriter? Payload { get; set; }

    public Exception? Exception { get; init; }

    public Dictionary<string, object>? Context { get; init; }

    /// <summary>The call chain that may re-enter, or empty.</summary>
    public Guid Reentrancy { get; init; }

    /// <summary>When the caller stops waiting, milliseconds left when it was sent; 0 for never.</summary>
    public int TimeToLive { get; init; }

    /// <summary><see cref="Environment.TickCount64"/> at which the caller stops waiting, on this machine's clock.</summary>
    public long Expires { get; set; }

    /// <summary>How often the request was passed on since it last waited at its activation.</summary>
    public int Forwards { get; set; }

    /// <summary>Placement chose the target silo: an activation may be made there.</summary>
    public bool IsNewPlacement { get; set; }

    /// <summary>Cancels the running call at the callee; made on demand.</summary>
    public CancellationTokenSource? Cancellation { get; set; }

    public bool IsRequest => Kind is MessageKind.Request or MessageKind.OneWay;

    public bool AlwaysInterleaves => Method!.IsAlwaysInterleave;

    public bool IsReadOnly => Method!.IsReadOnly;

    public bool IsExpired => Expires != 0 && Environment.TickCount64 > Expires;

    public Task RunAsync(Activation activation) => activation.Silo.Calls.RunAsync(this, activation);

    public override string ToString() => $"{Kind} {Id} {Source} -> {Target} {Method}";
}
