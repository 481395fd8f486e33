namespace Granary.Engine.Scheduling;

/// <summary>Where a sequence is on its way.</summary>
internal enum SequenceState
{
    /// <summary>Has no slot.</summary>
    Waiting,

    /// <summary>Has a slot; its prompt is being computed.</summary>
    Prefilling,

    /// <summary>Has a slot and takes part in every decode.</summary>
    Decoding,

    /// <summary>Has left.</summary>
    Finished,
}
