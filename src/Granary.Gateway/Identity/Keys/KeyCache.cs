using System.Collections.Concurrent;
using Granary.Identity;
using Granary.Serving;

namespace Granary.Gateway.Identity.Keys;

/// <summary>
/// The keys that this gateway has met, so that a request asks nobody. They count while it is certain that no change older than <see cref="Trust"/> is unknown here;
/// where it is not, because the cluster cannot be asked what has changed, each key is asked for anew.
/// </summary>
/// <remarks>A change is announced before it is acknowledged, so whoever asks for changes after the acknowledgement hears of it.</remarks>
internal sealed class KeyCache(IGrainFactory grains, TimeProvider time)
{
    /// <summary>How long what was asked holds, counted from the asking.</summary>
    public static readonly TimeSpan Trust = TimeSpan.FromMilliseconds(900);

    private const int MaxKeys = 100_000;

    private readonly ConcurrentDictionary<string, ApiKey> _keys = new(StringComparer.Ordinal);
    private readonly long[] _droppedAt = new long[KeyId.Rings];
    private long _confirmedAt;
    private volatile bool _isConfirmed;

    private bool IsTrusted => _isConfirmed && time.GetElapsedTime(Volatile.Read(ref _confirmedAt)) <= Trust;

    /// <summary>A key; <see langword="null"/> where there is none.</summary>
    /// <param name="id">A valid id.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="Granary.Errors.GranaryException">It is not known here and cannot be asked for.</exception>
    public ValueTask<ApiKey?> FindAsync(string id, CancellationToken cancellationToken) =>
        IsTrusted && _keys.TryGetValue(id, out var key) ? new(key) : new(AskAsync(id, cancellationToken));

    /// <summary>Takes in what has changed.</summary>
    /// <param name="changes">That.</param>
    /// <param name="askedAt">When it was asked.</param>
    public void Apply(KeyChanges changes, long askedAt)
    {
        IEnumerable<int> rings = changes.Rings ?? Enumerable.Range(0, KeyId.Rings);
        foreach (var ring in rings)
            Volatile.Write(ref _droppedAt[ring], time.GetTimestamp());
        if (changes.Rings is null)
            _keys.Clear();
        else if (changes.Rings.Length > 0)
            Drop(changes.Rings);
        Volatile.Write(ref _confirmedAt, askedAt);
        _isConfirmed = true;
    }

    private void Drop(int[] rings)
    {
        foreach (var id in _keys.Keys.Where(id => rings.Contains(KeyId.RingOfId(id))))
            _keys.TryRemove(id, out _);
    }

    private async Task<ApiKey?> AskAsync(string id, CancellationToken cancellationToken)
    {
        var (ring, askedAt) = (KeyId.RingOfId(id), time.GetTimestamp());
        ApiKey? key = null;
        await GrainErrors.GuardAsync(async () => key = await grains.GetGrain<IKeyRingGrain>(KeyId.RingKey(ring)).FindAsync(id).WaitAsync(cancellationToken));
        if (key is null)
            return null;

        if (_keys.Count >= MaxKeys)
            _keys.Clear();
        _keys[id] = key;
        if (Volatile.Read(ref _droppedAt[ring]) >= askedAt) // what was heard meanwhile may be newer
            _keys.TryRemove(id, out _);
        return key;
    }
}
