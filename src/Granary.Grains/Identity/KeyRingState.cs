namespace Granary.Identity;

/// <summary>What a ring stores.</summary>
[GenerateSerializer, Alias("granary.keys.state")]
public sealed class KeyRingState
{
    /// <summary>Oldest first.</summary>
    [Id(0)] public List<ApiKey> Keys { get; set; } = [];
}
