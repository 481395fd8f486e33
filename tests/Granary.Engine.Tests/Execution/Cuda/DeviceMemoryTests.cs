using Granary.Engine.Execution.Cuda;
using Granary.Engine.Tests.Toy;
using Granary.Models;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Granary.Engine.Tests.Execution.Cuda;

public sealed class DeviceMemoryTests
{
    private const long GiB = 1L << 30;

    [Fact]
    public void Plan_kv_cache_gets_what_budget_weights_and_workspace_leave()
    {
        Assert.Equal(24 * GiB, DeviceMemory.Plan(Options(deviceGiB: 40), 80 * GiB, 65 * GiB, GiB).KvCacheBytes); // 15 of weights, 1 of workspace
        Assert.Equal(2 * GiB, DeviceMemory.Plan(Options(deviceGiB: 40, kvGiB: 2), 80 * GiB, 65 * GiB, GiB).KvCacheBytes);
    }

    [Fact]
    public void Plan_without_budget_leaves_a_tenth_of_what_was_free() =>
        Assert.Equal((72 - 15 - 1) * GiB, DeviceMemory.Plan(Options(), 80 * GiB, 65 * GiB, GiB).KvCacheBytes);

    [Fact]
    public void Plan_nothing_left_says_what_to_raise()
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => DeviceMemory.Plan(Options(deviceGiB: 16), 80 * GiB, 65 * GiB, GiB));
        Assert.Contains("DeviceMemoryBytes", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(256, 8, 64 * 256)] // a chunk in one slot
    [InlineData(256, 100, 100 * 256)] // a decode of many
    [InlineData(32, 8, 32 * 32)] // no chunk is longer than a slot
    [InlineData(4096, 8, 64 * 1024)] // nor a slot than the context
    public void WorkspaceFor_fp32_holds_the_scores_of_the_largest_run(int slotTokens, int slots, long places)
    {
        const int heads = 4;
        var options = new EngineOptions { Slots = slots, SlotTokens = slotTokens, PrefillChunkTokens = 64 };
        ModelManifest model = ToyEngine.Manifest with { HeadCount = heads, MaxPositions = 1024 };
        Assert.Equal(GiB, DeviceMemory.WorkspaceFor(model, options, TensorElementType.Float16));
        Assert.Equal(GiB + (3 * sizeof(float) * heads * places), DeviceMemory.WorkspaceFor(model, options, TensorElementType.Float));
    }

    private static EngineOptions Options(long? deviceGiB = null, long kvGiB = 1000) => new() { DeviceMemoryBytes = deviceGiB * GiB, KvCacheBytes = kvGiB * GiB };
}
