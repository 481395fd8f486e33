namespace Granary.Identity;

/// <summary>What an installation has once (key: <see cref="Key"/>): the secret that its gateways sign tokens with, and its first key.</summary>
[Alias("granary.installation")]
public interface IInstallationGrain : IGrainWithStringKey
{
    /// <summary>The one key.</summary>
    const string Key = "installation";

    /// <summary>32 random bytes, made when they are first asked for and the same ever after.</summary>
    /// <exception cref="Errors.GranaryException"><c>store_unavailable</c>.</exception>
    [Alias("GetSigningKey")]
    Task<byte[]> GetSigningKeyAsync();

    /// <summary>Whether there is a first key.</summary>
    [Alias("HasBegun")]
    Task<bool> HasBegunAsync();

    /// <summary>Makes an operator's key the installation's first one.</summary>
    /// <returns>Whether it is; <see langword="false"/> where there was a first one before.</returns>
    /// <exception cref="Errors.GranaryException"><c>store_unavailable</c>.</exception>
    [Alias("Begin")]
    Task<bool> BeginAsync(ApiKey key);
}
