namespace Granary.Engine.Scheduling;

/// <summary>Where a sequence is on its way.</summary>
internal enum SequenceState
{
    /// <summary>Has no slot, and nothing is computed.</summary>
    Waiting,

    /// <summary>Has lost its slot to others; keys and values of what is computed lie in host memory.</summary>
    Parked,

    /// <summary>Has a slot; its tokens are being computed, chunk by chunk.</summary>
    Prefilling,

    /// <summary>Has a slot and takes part in every decode.</summary>
    Decoding,

    /// <summary>Has no slot; keys and values of its beginning are on their way from disk.</summary>
    Loading,

    /// <summary>Has no slot and is on its way to another engine; it goes on here if it does not arrive there.</summary>
    Exporting,

    /// <summary>Has left.</summary>
    Finished,
}
