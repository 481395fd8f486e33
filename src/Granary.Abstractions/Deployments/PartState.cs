namespace Granary.Deployments;

/// <summary>How far a silo is with a part of a model.</summary>
[GenerateSerializer, Alias("granary.part.state")]
public enum PartState
{
    /// <summary>Its silo has not said anything about it.</summary>
    Waiting,

    /// <summary>It is being loaded.</summary>
    Loading,

    /// <summary>It works.</summary>
    Ready,

    /// <summary>It could not be loaded; its silo tries again.</summary>
    Failed,

    /// <summary>A head that lost a step: all stages of its replica must begin anew.</summary>
    Broken,
}
