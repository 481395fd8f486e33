using Granary.Engine.Execution;
using Granary.Engine.Tests.Golden;
using Granary.Models;
using Granary.Models.Catalog;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Engine.Tests.Execution;

public sealed class OrtModelRunnerTests(ImportedModels models)
{
    [Fact]
    public async Task Decode_steady_state_allocates_nothing_managed()
    {
        ImportedModel model = await models.OpenAsync(ImportedModels.GoldenSource("llama"));
        await OnItsOwnThread(() => DecodeSteadily(model));
    }

    private static void DecodeSteadily(ImportedModel model)
    {
        using OrtModelRunner runner = OrtModelRunner.Load(model.Manifest, model.Folder, new EngineOptions { Slots = 3, Threads = 1 });
        int[] tokens = [1, 2, 3];
        int[] pasts = [1, 1, 1];
        for (int slot = 0; slot < 3; slot++)
        {
            runner.Prefill(slot, [7], 0);
        }

        Decode(3);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Decode(50);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Decode(int steps)
        {
            for (int step = 0; step < steps; step++)
            {
                runner.Decode(0, tokens, pasts);
                for (int slot = 0; slot < 3; slot++)
                {
                    pasts[slot]++;
                }
            }
        }
    }

    [Fact]
    public async Task CopySlot_copied_sequence_gives_same_logits()
    {
        ImportedModel model = await models.OpenAsync(ImportedModels.GoldenSource("qwen2"));
        await OnItsOwnThread(() => CopyAndDecode(model));
    }

    private static void CopyAndDecode(ImportedModel model)
    {
        using OrtModelRunner runner = OrtModelRunner.Load(model.Manifest, model.Folder, new EngineOptions { Slots = 3, Threads = 1 });
        int[] prompt = [5, 9, 200, 31];
        runner.Prefill(0, prompt, 0);
        runner.Prefill(2, prompt, 0);
        runner.Prefill(1, [8, 8, 8], 0);
        Assert.Equal(runner.Logits(0), runner.Logits(2));
        runner.CopySlot(2, 1, prompt.Length);
        runner.Decode(0, [77, 77], [4, 4]);
        Assert.Equal(runner.Logits(0), runner.Logits(1));
    }

    [Fact]
    public async Task ReadKv_written_to_another_slot_gives_same_logits()
    {
        ImportedModel model = await models.OpenAsync(ImportedModels.GoldenSource("qwen2"));
        await OnItsOwnThread(() => ReadAndWrite(model));
    }

    private static void ReadAndWrite(ImportedModel model)
    {
        using OrtModelRunner runner = OrtModelRunner.Load(model.Manifest, model.Folder, new EngineOptions { Slots = 3, Threads = 1 });
        runner.Prefill(0, [5, 9, 200, 31], 0);
        byte[] first = new byte[3 * runner.TokenBytes];
        byte[] last = new byte[runner.TokenBytes];
        runner.ReadKv(0, 0, first);
        runner.ReadKv(0, 3, last);
        runner.WriteKv(1, 0, first);
        runner.WriteKv(1, 3, last);
        runner.Decode(0, [77, 77], [4, 4]);
        Assert.Equal(runner.Logits(0), runner.Logits(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => runner.ReadKv(0, runner.SlotTokens, last));
    }

    [Fact]
    public async Task Decode_in_several_classes_gives_same_logits_as_in_one()
    {
        ImportedModel model = await models.OpenAsync(ImportedModels.GoldenSource("qwen2"));
        await OnItsOwnThread(() => DecodeInClasses(model));
    }

    private static void DecodeInClasses(ImportedModel model)
    {
        var options = new EngineOptions { Threads = 1, SlotClasses = [new() { Tokens = 64, Slots = 2 }, new() { Tokens = 16, Slots = 3 }] };
        using OrtModelRunner runner = OrtModelRunner.Load(model.Manifest, model.Folder, options);
        Assert.Equal([new SlotClass(0, 3, 16), new SlotClass(3, 2, 64)], runner.Classes);
        Assert.Equal((5, 64), (runner.Slots, runner.SlotTokens));
        int[] prompt = [5, 9, 200, 31];
        foreach (int slot in (int[])[0, 1, 4])
        {
            runner.Prefill(slot, prompt, 0);
        }

        runner.CopySlot(1, 3, prompt.Length); // up
        runner.CopySlot(4, 2, prompt.Length); // down
        runner.Decode(0, [77, 78, 77], [4, 4, 4]);
        runner.Decode(3, [77, 78], [4, 4]);
        Assert.Equal(runner.Logits(0), runner.Logits(2));
        Assert.Equal(runner.Logits(0), runner.Logits(3));
        Assert.Equal(runner.Logits(1), runner.Logits(4));
        Assert.NotEqual(runner.Logits(0).ToArray(), runner.Logits(1).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => runner.CopySlot(3, 0, 17));
    }

    [Fact]
    public async Task Load_kv_budget_gives_up_slots_and_says_when_none_fits()
    {
        ImportedModel model = await models.OpenAsync(ImportedModels.GoldenSource("llama"));
        await OnItsOwnThread(() => LoadWithLittleMemory(model));
    }

    private static void LoadWithLittleMemory(ImportedModel model)
    {
        long slot = 2L * model.Manifest.LayerCount * model.Manifest.KvHeadCount * 64 * model.Manifest.HeadDim * sizeof(float);
        var options = new EngineOptions { SlotTokens = 64, KvCacheBytes = (3 * slot) + 1 };
        using (OrtModelRunner runner = OrtModelRunner.Load(model.Manifest, model.Folder, options))
        {
            Assert.Equal((3, 64), (runner.Slots, runner.SlotTokens));
        }

        options = new EngineOptions { SlotClasses = [new() { Tokens = 64, Slots = 2 }, new() { Tokens = 32, Slots = 4 }], KvCacheBytes = 3 * slot };
        using (OrtModelRunner runner = OrtModelRunner.Load(model.Manifest, model.Folder, options))
        {
            Assert.Equal([new SlotClass(0, 2, 32), new SlotClass(2, 1, 64)], runner.Classes);
        }

        options.KvCacheBytes = slot - 1;
        var refusal = Assert.Throws<InvalidOperationException>(() => OrtModelRunner.Load(model.Manifest, model.Folder, options));
        Assert.Contains("KvCacheBytes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_manifest_that_differs_from_graph_is_refused_by_name()
    {
        ImportedModel model = await models.OpenAsync(ImportedModels.GoldenSource("llama"));
        (ModelManifest Manifest, string Named)[] cases =
        [
            (model.Manifest with { VocabularySize = 511 }, "'logits'"),
            (model.Manifest with { HeadDim = 8 }, "'past_key_values.0.key'"),
            (model.Manifest with { LayerCount = 5 }, "'past_key_values.4.key'"),
            (model.Manifest with { LayerCount = 3 }, "inputs"),
            (model.Manifest with { GraphFile = "none.onnx" }, "none.onnx"),
            (model.Manifest with { Format = 1 }, "format 1"),
            (model.Manifest with { Runtime = "99.1" }, "ONNX Runtime 99.1"),
        ];
        foreach ((ModelManifest manifest, string named) in cases)
        {
            var refusal = await Assert.ThrowsAsync<InvalidDataException>(() => EngineLoader.LoadAsync(
                manifest, model.Folder, new Toy.ToyTokenizer(), new EngineOptions(), TimeProvider.System, NullLogger.Instance));
            Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        }
    }

    // A session makes denormals zero on the thread that creates it, which must not be one of the pool's.
    private static Task OnItsOwnThread(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
