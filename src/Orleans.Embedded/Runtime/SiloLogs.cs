using Microsoft.Extensions.Logging;

namespace Orleans.Runtime;

/// <summary>What a silo says in the log.</summary>
internal sealed partial class SiloLogs(ILogger logger)
{
    [LoggerMessage(100, LogLevel.Information, "Silo {Name} at {Address} is active in cluster {ClusterId}.")]
    public partial void Started(string name, SiloAddress address, string clusterId);

    [LoggerMessage(101, LogLevel.Information, "Silo {Name} at {Address} has left.")]
    public partial void Stopped(string name, SiloAddress address);

    [LoggerMessage(102, LogLevel.Warning, "The silo did not leave in good order.")]
    public partial void StopFailed(Exception exception);

    [LoggerMessage(103, LogLevel.Critical, "The cluster has declared this silo, {Address}, dead; it stops.")]
    public partial void DeclaredDead(SiloAddress address);

    [LoggerMessage(104, LogLevel.Warning, "{Silo} does not answer; declared dead: {IsDead}.")]
    public partial void Suspected(SiloAddress silo, bool isDead);

    [LoggerMessage(105, LogLevel.Warning, "The membership table cannot be reached; the cluster goes on as it was last seen.")]
    public partial void TableUnavailable(Exception exception);

    [LoggerMessage(110, LogLevel.Debug, "The connection with {Peer} ended.")]
    public partial void ConnectionFailed(Exception exception, SiloAddress? peer);

    [LoggerMessage(113, LogLevel.Warning, "A connection from {Peer} was refused, since it showed no certificate of this cluster: {Reason}")]
    public partial void NotTrusted(System.Net.EndPoint? peer, string reason);

    [LoggerMessage(111, LogLevel.Warning, "A connection was refused: {Verdict}.")]
    public partial void HandshakeRefused(Messaging.HandshakeVerdict verdict);

    [LoggerMessage(112, LogLevel.Warning, "{Peer} sent what is no message; its connection is closed.")]
    public partial void MalformedInput(Exception exception, SiloAddress? peer);

    [LoggerMessage(120, LogLevel.Warning, "Activating {Grain} failed.")]
    public partial void ActivationFailed(Exception exception, GrainId grain);

    [LoggerMessage(121, LogLevel.Warning, "Deactivating {Grain} failed.")]
    public partial void DeactivationFailed(Exception exception, GrainId grain);

    [LoggerMessage(122, LogLevel.Warning, "Moving {Grain} to {Target} failed; it is made anew there.")]
    public partial void MigrationFailed(Exception exception, GrainId grain, SiloAddress target);

    [LoggerMessage(123, LogLevel.Warning, "A timer of {Grain} threw.")]
    public partial void TimerFailed(Exception exception, GrainId grain);

    [LoggerMessage(124, LogLevel.Warning, "A one-way call to {Grain} failed.")]
    public partial void OneWayFailed(Exception exception, GrainId grain);

    [LoggerMessage(130, LogLevel.Debug, "The directory entry of {Grain} at {Owner} could not be reached; trying again.")]
    public partial void DirectoryRetry(Exception exception, GrainId grain, SiloAddress owner);

    [LoggerMessage(131, LogLevel.Debug, "{Silo} could not be asked for its activations; trying again.")]
    public partial void RecoveryRetry(Exception exception, SiloAddress silo);
}
