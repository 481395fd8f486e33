namespace Orleans.Runtime;

/// <summary>What this silo believes of the others.</summary>
public interface ISiloStatusOracle
{
    /// <summary>This silo's status.</summary>
    SiloStatus CurrentStatus { get; }

    /// <summary>This silo's name.</summary>
    string SiloName { get; }

    /// <summary>This silo's address.</summary>
    SiloAddress SiloAddress { get; }

    /// <summary>The silos that take calls.</summary>
    SiloAddress[] GetActiveSilos();

    /// <summary>A silo's status.</summary>
    SiloStatus GetApproximateSiloStatus(SiloAddress siloAddress);

    /// <summary>The silos with their status.</summary>
    Dictionary<SiloAddress, SiloStatus> GetApproximateSiloStatuses(bool onlyActive = false);

    /// <summary>A silo's name.</summary>
    bool TryGetSiloName(SiloAddress siloAddress, out string? siloName);

    /// <summary>Whether a silo has been declared dead.</summary>
    bool IsDeadSilo(SiloAddress other);
}
