using Granary.Clustering;

namespace Granary.Identity;

/// <summary>See <see cref="IKeyChangesGrain"/>.</summary>
[GrainType("keychanges")]
[ServingSilosPlacementFilter, KeepAlive]
internal sealed class KeyChangesGrain : Grain, IKeyChangesGrain
{
    private readonly string _epoch = Guid.NewGuid().ToString("N");
    private readonly long[] _changedIn = new long[KeyId.Rings];
    private long _version;

    public Task AnnounceAsync(int ring)
    {
        _changedIn[ring] = ++_version;
        return Task.CompletedTask;
    }

    public Task<KeyChanges> GetSinceAsync(string epoch, long version) =>
        Task.FromResult(new KeyChanges(_epoch, _version, epoch == _epoch ? ChangedSince(version) : null));

    private int[] ChangedSince(long version) =>
        version == _version ? [] : [.. Enumerable.Range(0, KeyId.Rings).Where(ring => _changedIn[ring] > version)];
}
