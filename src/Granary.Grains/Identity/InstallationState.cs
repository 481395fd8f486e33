namespace Granary.Identity;

/// <summary>What the installation stores.</summary>
[GenerateSerializer, Alias("granary.installation.state")]
public sealed class InstallationState
{
    /// <summary>What tokens are signed with; <see langword="null"/> until somebody asks.</summary>
    [Id(0)] public byte[]? SigningKey { get; set; }

    /// <summary>Whether there was a first key.</summary>
    [Id(1)] public bool HasBegun { get; set; }
}
