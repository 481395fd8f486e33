namespace Granary.Models.Catalog;

/// <summary>What an import is doing.</summary>
public enum ImportStage
{
    /// <summary>Reading config.json and the headers of the weights.</summary>
    Checking,

    /// <summary>Reading the source once for the fingerprint.</summary>
    Fingerprinting,

    /// <summary>Writing the weights.</summary>
    Writing,

    /// <summary>Bringing everything to the disk and to its name.</summary>
    Finishing,
}
