using Granary.Engine.Execution;
using Granary.Engine.Kernels;
using Granary.Engine.Tests.Golden;
using Granary.Models;
using Granary.Models.Catalog;

namespace Granary.Engine.Tests.Kernels;

/// <summary>Models with Granary's operators and with ONNX Runtime's.</summary>
public sealed class OneRowGraphTests(ImportedModels models)
{
    private const float Tolerance = 1e-4f; // of logits of about 1; a rounding that differs would show at 1e-2

    [Theory]
    [InlineData("llama", WeightKind.Int4)]
    [InlineData("mistral_sw", WeightKind.Int4)] // attends to a window
    [InlineData("qwen2", WeightKind.Int4)] // has biases
    [InlineData("qwen3", WeightKind.Int4)] // norms its heads
    [InlineData("mixtral", WeightKind.Int4)] // experts in one node, where ONNX Runtime has it
    [InlineData("qwen3_moe", WeightKind.Int4)]
    [InlineData("llama", WeightKind.W8A8)]
    [InlineData("qwen2", WeightKind.W8A8)]
    [InlineData("mixtral", WeightKind.Fp32)] // experts split into nodes
    [InlineData("qwen3_moe", WeightKind.Fp32)]
    public async Task Decode_gives_the_logits_of_the_graph_as_it_was(string name, WeightKind weights)
    {
        Assert.SkipUnless(Int4Rows.IsSupported, "This processor has no AVX2.");
        ImportedModel model = await models.OpenAsync(ImportedModels.GoldenSource(name), weights);
        Assert.NotNull(await RewriteAsync(model));
        await OnItsOwnThread(() => Compare(model));
    }

    [Theory]
    [InlineData("llama", WeightKind.Fp32)]
    [InlineData("llama", WeightKind.Fp16)]
    [InlineData("llama", WeightKind.Int8)]
    [InlineData("mixtral", WeightKind.Int8)]
    [InlineData("mixtral", WeightKind.W8A8)] // experts in blocks of 8 bits
    [InlineData("mixtral", WeightKind.Fp16)] // weights are widened at load
    public async Task Rewrite_graph_that_would_gain_nothing_is_left_alone(string name, WeightKind weights) =>
        Assert.Null(await RewriteAsync(await models.OpenAsync(ImportedModels.GoldenSource(name), weights)));

    [Theory]
    [InlineData("mixtral", WeightKind.Int4)]
    [InlineData("llama", WeightKind.W8A8)]
    [InlineData("qwen3_moe", WeightKind.Fp32)]
    public async Task Decode_steady_state_allocates_nothing_managed(string name, WeightKind weights)
    {
        Assert.SkipUnless(Int4Rows.IsSupported, "This processor has no AVX2.");
        ImportedModel model = await models.OpenAsync(ImportedModels.GoldenSource(name), weights);
        await OnItsOwnThread(() => DecodeSteadily(model));
    }

    [Fact]
    public void Rewrite_something_else_is_refused() => Assert.Throws<InvalidDataException>(() => OneRowGraph.Rewrite("not a model"u8));

    private static async Task<byte[]?> RewriteAsync(ImportedModel model) =>
        OneRowGraph.Rewrite(await File.ReadAllBytesAsync(Path.Combine(model.Folder, model.Manifest.GraphFile), TestContext.Current.CancellationToken));

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
