using Granary.Shards;

namespace Granary.Profiles;

/// <summary>See <see cref="ISiloProfileGrain"/>.</summary>
[GrainType("siloprofile")]
[PinnedToSilo]
internal sealed class SiloProfileGrain(LocalProfile profile) : Grain, ISiloProfileGrain
{
    /// <summary>Key of a silo's grain.</summary>
    public static string KeyOf(SiloAddress silo) => new ShardKey("profile", silo).ToString();

    public Task<SiloProfile?> GetAsync() => Task.FromResult(profile.Current);

    public Task<int> ReceiveAsync(byte[] payload) => Task.FromResult(payload.Length);
}
