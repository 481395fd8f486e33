using Granary.Models.Onnx;
using Granary.Models.Onnx.Cuda;
using Granary.Models.Synthesis;
using Microsoft.ML.OnnxRuntime;

namespace Granary.Models.Tests.Onnx;

/// <summary>The selection consists of ordinary operators, so that the CPU can run it.</summary>
public sealed class CudaTopLogitsTests
{
    [Theory]
    [InlineData(100, 64)] // too small for groups
    [InlineData(8192, 64)]
    [InlineData(50_000, 64)] // groups of 16
    [InlineData(128_256, 64)]
    [InlineData(9973, 7)] // a prime
    public void Select_gives_the_best_logits_falling_and_their_ids(int vocabulary, int count)
    {
        const int rows = 3;
        var random = new Random(vocabulary);
        var logits = Enumerable.Range(0, rows * vocabulary).Select(_ => (float)random.NextDouble()).ToArray();
        var (values, tokens) = Select(logits, rows, vocabulary, count);
        for (var row = 0; row < rows; row++)
        {
            var expected = logits[(row * vocabulary)..((row + 1) * vocabulary)].Select((logit, id) => (logit, id)).OrderByDescending(pair => pair.logit).Take(count).ToList();
            Assert.Equal(expected.Select(pair => pair.logit), values[(row * count)..((row + 1) * count)]);
            Assert.Equal(expected.Select(pair => (long)pair.id), tokens[(row * count)..((row + 1) * count)]);
        }
    }

    [Fact]
    public void Select_neighbours_in_one_group_are_all_found()
    {
        var logits = new float[8192];
        for (var i = 0; i < 64; i++)
        {
            logits[4096 + i] = 64 - i;
        }

        var (_, tokens) = Select(logits, 1, logits.Length, 64);
        Assert.Equal(Enumerable.Range(4096, 64).Select(id => (long)id), tokens);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(2048)] // the whole numbers that halves hold
    public void Select_halves_gives_the_best_logits_as_fp32(int vocabulary)
    {
        const int count = 7; // few enough for groups
        var order = Enumerable.Range(0, vocabulary).ToArray();
        new Random(vocabulary).Shuffle(order);
        var logits = order.Select(place => (float)place).ToArray(); // no two alike
        var (values, tokens) = Select(logits, 1, vocabulary, count, OnnxType.Float16);
        Assert.Equal(Enumerable.Range(1, count).Select(rank => (float)(vocabulary - rank)), values);
        Assert.Equal(Enumerable.Range(1, count).Select(rank => (long)Array.IndexOf(order, vocabulary - rank)), tokens);
    }

    private static (float[] Values, long[] Tokens) Select(float[] logits, int rows, int vocabulary, int count, OnnxType type = OnnxType.Float)
    {
        var folder = Directory.CreateTempSubdirectory("granary-top-");
        try
        {
            var graph = new GraphBuilder("data");
            graph.Input("logits", OnnxType.Float, "rows", vocabulary);
            var searched = type == OnnxType.Float ? "logits" : CudaExperts.Cast(graph, "narrow", "logits", type);
            CudaTopLogits.Select(graph, searched, type, vocabulary, count);
            if (graph.Data.ByteLength > 0)
            {
                graph.Data.Write(Path.Combine(folder.FullName, "data"), new SyntheticTensors(1), _ => { }, CancellationToken.None);
            }

            var path = Path.Combine(folder.FullName, "top.onnx");
            File.WriteAllBytes(path, graph.Serialize("top"));
            using var session = new InferenceSession(path);
            using var input = OrtValue.CreateTensorValueFromMemory(logits, [rows, vocabulary]);
            using var options = new RunOptions();
            using var results = session.Run(options, ["logits"], [input], ["top_logits", "top_tokens"]);
            return (results[0].GetTensorDataAsSpan<float>().ToArray(), results[1].GetTensorDataAsSpan<long>().ToArray());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
