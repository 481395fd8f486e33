using Granary.Engine.Kv;

namespace Granary.Engine.Tests.Toy;

/// <summary>Tiers below <see cref="ToyRunner"/>.</summary>
internal static class ToyStore
{
    /// <summary>Tiers that hold nothing.</summary>
    public static BlockStore None => new(
        KvFormat.Of(ToyEngine.Manifest, sizeof(int), 16), new HostTier(0, 16 * sizeof(int)), disk: null, TimeSpan.FromSeconds(5), TimeProvider.System, new KvMetrics("toy", TimeProvider.System, () => 0));
}
