using Orleans.Concurrency;

namespace Granary.Profiles;

/// <summary>Tells what a silo has, and answers others that want to know how far it is; pinned to the silo that its key names (<c>profile@silo-address</c>).</summary>
[Alias("granary.profile.silo")]
public interface ISiloProfileGrain : IGrainWithStringKey
{
    /// <summary>The silo, as it measured itself in the last seconds; <see langword="null"/> while it is still starting.</summary>
    [Alias("Get"), AlwaysInterleave]
    Task<SiloProfile?> GetAsync();

    /// <summary>Takes bytes and answers.</summary>
    /// <param name="payload">Any.</param>
    /// <returns>How many came.</returns>
    [Alias("Receive"), AlwaysInterleave]
    Task<int> ReceiveAsync(byte[] payload);
}
