using Orleans.Concurrency;

namespace Granary.Identity;

/// <summary>Tells gateways which rings have changed, so that they keep keys in memory and ask nobody for each request (key: <see cref="Key"/>). It remembers nothing that outlives it.</summary>
[Alias("granary.keys.changes")]
public interface IKeyChangesGrain : IGrainWithStringKey
{
    /// <summary>The one key.</summary>
    const string Key = "keys";

    /// <summary>A ring has stored a change.</summary>
    [Alias("Announce")]
    Task AnnounceAsync(int ring);

    /// <summary>What has changed since.</summary>
    /// <param name="epoch">As it was told last; empty at first.</param>
    /// <param name="version">As it was told last.</param>
    [Alias("GetSince"), AlwaysInterleave]
    Task<KeyChanges> GetSinceAsync(string epoch, long version);
}
