using Granary.Models.Checkpoints;
using Granary.Models.Onnx.Weights;

namespace Granary.Models.Tests.Onnx.Weights;

/// <summary>Frequencies of models as they are published, against numbers that Python computed from the formulas of the papers in doubles.</summary>
public sealed class RotaryFrequenciesTests
{
    private const int HeadDim = 128;

    private static readonly RopeConfig Llama31 = new()
    {
        Kind = RopeKind.Llama3, Theta = 500_000, Factor = 8, LowFrequencyFactor = 1, HighFrequencyFactor = 4, OriginalMaxPositions = 8192, MaxPositions = 131_072,
    };

    private static readonly RopeConfig Qwen25Long = new() { Kind = RopeKind.Yarn, Theta = 1_000_000, Factor = 4, OriginalMaxPositions = 32_768, MaxPositions = 131_072 };

    [Theory]
    [InlineData(0, 1)]
    [InlineData(20, 0.0165604401)]
    [InlineData(28, 0.00321144599)]
    [InlineData(32, 0.000524846161)]
    [InlineData(36, 7.78465527e-05)]
    [InlineData(40, 3.4281022e-05)]
    [InlineData(63, 3.06892599e-07)]
    public void Compute_llama31_keepsRampsAndDivides(int pair, double expected) => AssertClose(expected, RotaryFrequencies.Compute(Llama31, HeadDim)[pair]);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(23, 0.00697830585)]
    [InlineData(30, 0.00106436098)]
    [InlineData(36, 0.000179841156)]
    [InlineData(40, 4.44569853e-05)]
    [InlineData(63, 3.1023444e-07)]
    public void Compute_yarn_keepsRampsAndDivides(int pair, double expected) => AssertClose(expected, RotaryFrequencies.Compute(Qwen25Long, HeadDim)[pair]);

    [Fact]
    public void Compute_linear_dividesAllByTheFactor()
    {
        var rope = new RopeConfig { Kind = RopeKind.Linear, Theta = 10_000, Factor = 2.5, OriginalMaxPositions = 2048, MaxPositions = 5120 };
        var plain = RotaryFrequencies.Compute(rope with { Kind = RopeKind.Default }, HeadDim);
        Assert.All(RotaryFrequencies.Compute(rope, HeadDim).Zip(plain), pair => AssertClose(pair.Second / 2.5, pair.First));
    }

    [Fact]
    public void Compute_dynamic_isUnstretchedUpToTheTrainedContext()
    {
        var rope = new RopeConfig { Kind = RopeKind.Dynamic, Theta = 10_000, Factor = 4, OriginalMaxPositions = 2048, MaxPositions = 2048 };
        Assert.Equal(RotaryFrequencies.Compute(rope with { Kind = RopeKind.Default }, HeadDim), RotaryFrequencies.Compute(rope, HeadDim));
    }

    private static void AssertClose(double expected, float actual) => Assert.InRange(actual / expected, 1 - 1e-6, 1 + 1e-6);
}
