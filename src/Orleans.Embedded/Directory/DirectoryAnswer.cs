namespace Orleans.Runtime.Directory;

/// <summary>What a silo's part of the directory answers.</summary>
/// <param name="IsOwner">False when the entry belongs to another silo under the answering silo's view; nothing was done then.</param>
/// <param name="View">The answering silo's view of the membership.</param>
/// <param name="Address">The entry, if there is one.</param>
[GenerateSerializer, Immutable]
internal sealed record DirectoryAnswer([property: Id(0)] bool IsOwner, [property: Id(1)] int View, [property: Id(2)] ActivationAddress? Address);
