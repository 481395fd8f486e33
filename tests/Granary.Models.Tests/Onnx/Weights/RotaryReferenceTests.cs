using System.Text;
using Granary.Models.Checkpoints;
using Granary.Models.Onnx.Weights;

namespace Granary.Models.Tests.Onnx.Weights;

/// <summary>
/// Rotary positions from config.json to frequencies, against two things that share no code with them. First, the numbers that transformers' own tests hold its functions to
/// (<c>tests/utils/test_modeling_rope_utils.py</c> at 087e8002, five digits; every fourth of them), for linear, dynamic and YaRN. Second, the published formulas (linear: Chen et al. 2023; YaRN: Peng et
/// al. 2023 with the ramp over dimensions of its authors' code, which transformers took over) in decimals of 28 digits with series of their own for logarithms and powers. The latter is no number of
/// transformers': it shows that nothing is lost to rounding, and covers parameters for which there are none.
/// </summary>
public sealed class RotaryReferenceTests
{
    private const int HeadDim = 128;
    private const decimal Pi = 3.1415926535897932384626433833m;
    private const decimal Ln2 = 0.6931471805599453094172321215m;

    /// <summary>Llama's shape: 4,096 / 32, θ 10,000, 2,048 positions.</summary>
    public static TheoryData<string, double[]> Transformers => new()
    {
        { "\"factor\":1", Plain },
        { "\"rope_type\":\"linear\",\"factor\":2", [.. Plain.Select(frequency => frequency / 2)] },
        { "\"rope_type\":\"linear\",\"factor\":10", [.. Plain.Select(frequency => frequency / 10)] },
        { "\"rope_type\":\"dynamic\",\"factor\":2", Plain },
        { "\"rope_type\":\"dynamic\",\"factor\":20", Plain },
        {
            "\"rope_type\":\"yarn\",\"factor\":10,\"beta_fast\":32,\"beta_slow\":1",
            [1, 5.6234e-1, 3.1623e-1, 1.7783e-1, 1e-1, 4.8136e-2, 2.2515e-2, 1.0101e-2, 4.2400e-3, 1.5746e-3, 4.3007e-4, 1.7783e-4, 1e-4, 5.6234e-5, 3.1623e-5, 1.7783e-5]
        },
    };

    private static double[] Plain { get; } =
        [1, 5.6234e-1, 3.1623e-1, 1.7783e-1, 1e-1, 5.6234e-2, 3.1623e-2, 1.7783e-2, 1e-2, 5.6234e-3, 3.1623e-3, 1.7783e-3, 1e-3, 5.6234e-4, 3.1623e-4, 1.7783e-4];

    [Theory]
    [MemberData(nameof(Transformers))]
    public void Compute_gives_what_transformers_tests_expect(string scaling, double[] everyFourth)
    {
        var frequencies = RotaryFrequencies.Compute(Read(10_000, 2048, scaling), HeadDim);

        Assert.All(everyFourth, (expected, i) => Assert.InRange(frequencies[4 * i] / expected, 1 - 5e-5, 1 + 5e-5));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(20)]
    public void Read_yarn_scales_attention_as_transformers_tests_expect(double factor)
    {
        Assert.Equal((0.1 * Math.Log(factor)) + 1, Read(10_000, 2048, $"\"rope_type\":\"yarn\",\"factor\":{factor}").AttentionFactor, 1e-12);
        Assert.Equal(0.5, Read(10_000, 2048, $"\"rope_type\":\"yarn\",\"factor\":{factor},\"attention_factor\":0.5").AttentionFactor);
        Assert.Equal(1, Read(10_000, 2048, $"\"rope_type\":\"linear\",\"factor\":{factor}").AttentionFactor);
        Assert.Equal(1, Read(10_000, 2048, $"\"rope_type\":\"dynamic\",\"factor\":{factor}").AttentionFactor);
    }

    [Theory]
    [InlineData(10_000, 4096, 64, "linear", 2.5, 0, 0, 0, true)]
    [InlineData(1_000_000, 32_768, 128, "linear", 8, 0, 0, 0, true)]
    [InlineData(10_000, 4096, 128, "dynamic", 4, 0, 0, 0, true)]
    [InlineData(1_000_000, 131_072, 128, "yarn", 4, 32_768, 32, 1, true)]
    [InlineData(10_000, 163_840, 64, "yarn", 40, 4096, 32, 1, true)]
    [InlineData(150_000, 131_072, 64, "yarn", 32, 4096, 32, 1, false)]
    [InlineData(500, 128, 16, "yarn", 8, 16, 8, 0.5, false)]
    public void Compute_equals_the_formulas_in_28_digits(double theta, int positions, int headDim, string kind, double factor, int trained, double fast, double slow, bool truncates)
    {
        var yarn = trained == 0 ? "" : FormattableString.Invariant($",\"original_max_position_embeddings\":{trained},\"beta_fast\":{fast},\"beta_slow\":{slow},\"truncate\":{(truncates ? "true" : "false")}");
        var frequencies = RotaryFrequencies.Compute(Read(theta, positions, FormattableString.Invariant($"\"rope_type\":\"{kind}\",\"factor\":{factor}{yarn}")), headDim);

        Assert.Equal(headDim / 2, frequencies.Length);
        Assert.All(frequencies, (frequency, i) =>
        {
            var plain = Exp(-2m * i / headDim * Ln((decimal)theta));
            var expected = kind switch
            {
                "linear" => plain / (decimal)factor,
                "dynamic" => plain, // up to max_position_embeddings, where such a model is taken to end
                _ => Yarn(plain, i, headDim, (decimal)theta, (decimal)factor, trained, (decimal)fast, (decimal)slow, truncates),
            };
            Assert.InRange((decimal)(double)frequency / expected, 1 - 1.2e-7m, 1 + 1.2e-7m); // a float's last bit
        });
    }

    // Pairs up to `first` turn at least `fast` times within the trained context and are kept; from `last` on, less than `slow` times, and are divided.
    private static decimal Yarn(decimal plain, int pair, int headDim, decimal theta, decimal factor, int trained, decimal fast, decimal slow, bool truncates)
    {
        var (first, last) = (PairOf(fast), PairOf(slow));
        (first, last) = truncates ? (Math.Floor(first), Math.Ceiling(last)) : (first, last);
        (first, last) = (Math.Max(first, 0), Math.Min(last, headDim - 1));
        var divided = Math.Clamp((pair - first) / (last - first), 0, 1);
        return (plain * (1 - divided)) + (plain / factor * divided);

        decimal PairOf(decimal turns) => headDim / 2m * Ln(trained / (turns * 2 * Pi)) / Ln(theta);
    }

    private static RopeConfig Read(double theta, int positions, string scaling) => ModelConfig.Read(JsonFile.Parse("config.json", Encoding.UTF8.GetBytes(FormattableString.Invariant(
        $$$"""
        {"model_type":"llama","hidden_size":4096,"intermediate_size":128,"num_hidden_layers":1,"num_attention_heads":32,"vocab_size":512,"rms_norm_eps":1e-6,
         "max_position_embeddings":{{{positions}}},"rope_theta":{{{theta}}},"rope_scaling":{ {{{scaling}}} }}
        """)))).Rope;

    // Powers of two are taken out; what is left is in [1, 2), where the series of the inverse hyperbolic tangent gains a digit a term.
    private static decimal Ln(decimal x)
    {
        var halvings = 0;
        for (; x >= 2; x /= 2)
        {
            halvings++;
        }

        for (; x < 1; x *= 2)
        {
            halvings--;
        }

        var (z, sum) = ((x - 1) / (x + 1), 0m);
        var power = z;
        for (var n = 1; n < 80; n += 2, power *= z * z)
        {
            sum += power / n;
        }

        return (2 * sum) + (halvings * Ln2);
    }

    private static decimal Exp(decimal x)
    {
        var (scaled, sum, term) = (x / 64, 1m, 1m);
        for (var n = 1; n < 30; n++)
        {
            term *= scaled / n;
            sum += term;
        }

        for (var i = 0; i < 6; i++)
        {
            sum *= sum;
        }

        return sum;
    }
}
