namespace Granary.Identity;

/// <summary>What has changed among API keys.</summary>
/// <param name="Epoch">Differs where the one that tells has forgotten what it knew.</param>
/// <param name="Version">Raised by every change of an epoch.</param>
/// <param name="Rings">Rings that have changed; <see langword="null"/>: any may have.</param>
[GenerateSerializer, Immutable, Alias("granary.keys.changed")]
public sealed record KeyChanges([property: Id(0)] string Epoch, [property: Id(1)] long Version, [property: Id(2)] int[]? Rings);
