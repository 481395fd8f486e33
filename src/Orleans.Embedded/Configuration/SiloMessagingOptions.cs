namespace Orleans.Configuration;

/// <summary>Limits of calls and of the wire.</summary>
public class SiloMessagingOptions
{
    /// <summary>How long a caller waits. Default 30 s.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a request may be passed on. Default 2.</summary>
    public int MaxForwardCount { get; set; } = 2;

    /// <summary>Waiting requests at which an activation refuses more; 0 for no limit.</summary>
    public int MaxEnqueuedRequestsHardLimit { get; set; }

    /// <summary>As <see cref="MaxEnqueuedRequestsHardLimit"/>, for stateless workers.</summary>
    public int MaxEnqueuedRequestsHardLimit_StatelessWorker { get; set; }

    /// <summary>Whether requests whose caller no longer waits are dropped. Default true.</summary>
    public bool DropExpiredMessages { get; set; } = true;

    /// <summary>The largest header that is sent or accepted, bytes. Default 10 MiB.</summary>
    public int MaxMessageHeaderSize { get; set; } = 10 * 1024 * 1024;

    /// <summary>The largest body that is sent or accepted, bytes. Default 100 MiB.</summary>
    public int MaxMessageBodySize { get; set; } = 100 * 1024 * 1024;

    /// <summary>How long placement may take. Default 30 s.</summary>
    public TimeSpan PlacementTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Kept for Orleans' shape.</summary>
    public bool CancelRequestOnTimeout { get; set; }

    /// <summary>Kept for Orleans' shape; a cancelled caller never waits here.</summary>
    public bool WaitForCancellationAcknowledgement { get; set; }

    /// <summary>Kept for Orleans' shape.</summary>
    public bool AssumeHomogenousSilosForTesting { get; set; }
}
