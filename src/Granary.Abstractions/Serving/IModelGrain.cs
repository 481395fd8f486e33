namespace Granary.Serving;

/// <summary>A served model (key: its name): knows the replicas that report to it. Soft state, rebuilt from the silos' reports within seconds.</summary>
[Alias("granary.model")]
public interface IModelGrain : IGrainWithStringKey
{
    /// <summary>A silo says that it serves the model; repeated as a heartbeat.</summary>
    [Alias("Report")]
    Task ReportAsync(ReplicaDescriptor replica);

    /// <summary>A silo stops serving it.</summary>
    [Alias("Withdraw")]
    Task WithdrawAsync(string shardKey);

    /// <summary>Replicas on live silos.</summary>
    [Alias("GetReplicas")]
    Task<ReplicaDescriptor[]> GetReplicasAsync();
}
