namespace Orleans.Runtime.Membership;

/// <summary>What a silo says of itself when others first see it; it never changes.</summary>
/// <param name="GrainTypes">The classes that it hosts.</param>
/// <param name="Metadata">Its metadata, for example its zone.</param>
[GenerateSerializer, Immutable]
internal sealed record SiloManifest([property: Id(0)] string[] GrainTypes, [property: Id(1)] Dictionary<string, string> Metadata);
