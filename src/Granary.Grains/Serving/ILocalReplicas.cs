namespace Granary.Serving;

/// <summary>The replicas of this silo, which need no report to be known.</summary>
internal interface ILocalReplicas
{
    /// <summary>This silo's replica of the model, if it has one that makes progress.</summary>
    ReplicaDescriptor? Find(string model);
}
