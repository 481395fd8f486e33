namespace Orleans.Runtime.Directory;

/// <summary>A silo's part of the directory, as the other silos call it. Every question carries the caller's view of the membership.</summary>
internal interface IDirectoryTarget : IGrainObserver
{
    /// <summary>Where the grain is, if anywhere.</summary>
    Task<DirectoryAnswer> LookupAsync(int view, GrainId grain);

    /// <summary>Enters the activation unless the grain has another one; answers with the one that holds. <paramref name="replaces"/> is overwritten.</summary>
    Task<DirectoryAnswer> RegisterAsync(int view, ActivationAddress address, ActivationAddress? replaces);

    /// <summary>Removes the entry if it is this activation's.</summary>
    Task<DirectoryAnswer> UnregisterAsync(int view, ActivationAddress address);

    /// <summary>The confirmed activations of the called silo whose entries the asking silo keeps under the view.</summary>
    Task<ActivationAddress[]> RecoverAsync(int view, SiloAddress owner);
}
