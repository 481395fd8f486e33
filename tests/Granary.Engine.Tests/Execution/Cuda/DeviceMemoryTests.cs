using Granary.Engine.Execution.Cuda;

namespace Granary.Engine.Tests.Execution.Cuda;

public sealed class DeviceMemoryTests
{
    private const long GiB = 1L << 30;

    [Fact]
    public void Plan_kv_cache_gets_what_budget_weights_and_workspace_leave()
    {
        Assert.Equal(24 * GiB, DeviceMemory.Plan(Options(deviceGiB: 40), 80 * GiB, 65 * GiB).KvCacheBytes); // 15 of weights, 1 of workspace
        Assert.Equal(2 * GiB, DeviceMemory.Plan(Options(deviceGiB: 40, kvGiB: 2), 80 * GiB, 65 * GiB).KvCacheBytes);
    }

    [Fact]
    public void Plan_without_budget_leaves_a_tenth_of_what_was_free() =>
        Assert.Equal((72 - 15 - 1) * GiB, DeviceMemory.Plan(Options(), 80 * GiB, 65 * GiB).KvCacheBytes);

    [Fact]
    public void Plan_nothing_left_says_what_to_raise()
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => DeviceMemory.Plan(Options(deviceGiB: 16), 80 * GiB, 65 * GiB));
        Assert.Contains("DeviceMemoryBytes", refusal.Message, StringComparison.Ordinal);
    }

    private static EngineOptions Options(long? deviceGiB = null, long kvGiB = 1000) => new() { DeviceMemoryBytes = deviceGiB * GiB, KvCacheBytes = kvGiB * GiB };
}
