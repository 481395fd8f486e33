namespace Granary.Sessions;

/// <summary>An activation that can go to another silo while nobody uses it.</summary>
internal interface IMovableActivation
{
    /// <summary>Its context; the grain's own property.</summary>
    IGrainContext GrainContext { get; }

    /// <summary>Whether a turn runs, or somebody reads. Asked from any thread.</summary>
    bool IsInUse { get; }
}
