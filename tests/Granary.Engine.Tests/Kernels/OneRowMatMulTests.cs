using Granary.Engine.Execution;
using Granary.Engine.Kernels;
using Granary.Engine.Tests.Golden;
using Granary.Models;
using Granary.Models.Catalog;

namespace Granary.Engine.Tests.Kernels;

/// <summary>A model in int4 with Granary's operators and with ONNX Runtime's.</summary>
public sealed class OneRowMatMulTests(ImportedModels models)
{
    private const float Tolerance = 1e-4f; // of logits of about 1; a rounding that differs would show at 1e-2

    [Theory]
    [InlineData("llama")]
    [InlineData("qwen2")] // has biases
    [InlineData("qwen3")]
    [InlineData("mixtral")] // experts in one node, where ONNX Runtime has it
    [InlineData("qwen3_moe")]
    public async Task Decode_gives_the_logits_of_MatMulNBits(string name)
    {
        Assert.SkipUnless(Int4Rows.IsSupported, "This processor has no AVX2.");
        ImportedModel model = await models.OpenAsync(ImportedModels.GoldenSource(name), WeightKind.Int4);
        Assert.NotNull(OneRowGraph.Rewrite(await File.ReadAllBytesAsync(Path.Combine(model.Folder, model.Manifest.GraphFile), TestContext.Current.CancellationToken)));
        await OnItsOwnThread(() => Compare(model));
    }

    [Fact]
    public async Task Decode_steady_state_allocates_nothing_managed()
    {
        Assert.SkipUnless(Int4Rows.IsSupported, "This processor has no AVX2.");
        ImportedModel model = await models.OpenAsync(ImportedModels.GoldenSource("mixtral"), WeightKind.Int4);
        await OnItsOwnThread(() => DecodeSteadily(model));
    }

    [Fact]
    public async Task Rewrite_graph_without_int4_is_left_alone()
    {
        foreach (WeightKind weights in (WeightKind[])[WeightKind.Fp32, WeightKind.Int8, WeightKind.W8A8])
        {
            ImportedModel model = await models.OpenAsync(ImportedModels.GoldenSource("llama"), weights);
            Assert.Null(OneRowGraph.Rewrite(await File.ReadAllBytesAsync(Path.Combine(model.Folder, model.Manifest.GraphFile), TestContext.Current.CancellationToken)));
        }
    }

    [Fact]
    public void Rewrite_something_else_is_refused() => Assert.Throws<InvalidDataException>(() => OneRowGraph.Rewrite("not a model"u8));

    private static void DecodeSteadily(ImportedModel model)
    {
        using OrtModelRunner runner = OrtModelRunner.Load(model.Manifest, model.Folder, new EngineOptions { Slots = 1, Threads = 1 });
        int[] token = [7];
        int[] past = [0];
        Decode(3);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Decode(50);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Decode(int steps)
        {
            for (int step = 0; step < steps; step++, past[0]++)
            {
                runner.Decode(0, token, past);
            }
        }
    }

    // A difference in the last bit of a sum may round an activation the other way, which a tiny model shows in all its logits. 22 to 24 of 24 sequences agree; a wrong product would change all.
    private static void Compare(ImportedModel model)
    {
        const int sequences = 24;
        const int flips = 4;
        using OrtModelRunner own = OrtModelRunner.Load(model.Manifest, model.Folder, new EngineOptions { Slots = 2, Threads = 2 });
        using OrtModelRunner stock = OrtModelRunner.Load(model.Manifest, model.Folder, new EngineOptions { Slots = 2, Threads = 2, OneRowKernels = false });
        (int alone, int together) = (0, 0);
        for (int sequence = 0; sequence < sequences; sequence++)
        {
            foreach (OrtModelRunner runner in (OrtModelRunner[])[own, stock])
            {
                runner.Prefill(0, [5, 9, 200, sequence], 0);
                runner.Prefill(1, [8, 9], 0);
                runner.Decode(0, [77 + sequence], [4]);
            }

            alone += Agree(own, stock);

            // The cache that one graph has written is read by the other.
            own.Decode(0, [82, 77], [5, 2]);
            stock.Decode(0, [82, 77], [5, 2]);
            together += Agree(own, stock);
        }

        Assert.InRange(alone, sequences - flips, sequences);
        Assert.InRange(together, sequences - flips, sequences);
    }

    private static int Agree(OrtModelRunner own, OrtModelRunner stock)
    {
        Span<float> expected = stock.Logits(0);
        Span<float> actual = own.Logits(0);
        for (int token = 0; token < expected.Length; token++)
        {
            if (Math.Abs(expected[token] - actual[token]) > Tolerance)
            {
                return 0;
            }
        }

        return 1;
    }

    // A session makes denormals zero on the thread that creates it, which must not be one of the pool's.
    private static Task OnItsOwnThread(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
