using Granary.Engine.Execution.Cuda;

namespace Granary.Engine.Tests.Execution.Cuda;

public sealed class ChunkLengthsTests
{
    [Theory]
    [InlineData(1, 16)]
    [InlineData(16, 16)]
    [InlineData(17, 32)]
    [InlineData(128, 128)]
    [InlineData(129, 160)]
    [InlineData(1000, 1024)]
    [InlineData(1025, 1280)]
    public void For_is_the_next_of_few_lengths(int tokens, int expected) => Assert.Equal(expected, ChunkLengths.For(tokens, 2048));

    [Fact]
    public void For_fits_the_room() => Assert.Equal(1030, ChunkLengths.For(1025, 1030));

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(100)]
    [InlineData(2048)]
    [InlineData(2000)]
    public void UpTo_gives_every_length_that_a_chunk_may_have(int largest)
    {
        int[] lengths = [.. ChunkLengths.UpTo(largest)];
        Assert.Equal(lengths, lengths.Distinct().OrderDescending());
        Assert.Equal(Enumerable.Range(1, largest).Select(tokens => ChunkLengths.For(tokens, largest)).Distinct().OrderDescending(), lengths);
        Assert.All(Enumerable.Range(1, largest), tokens => Assert.InRange(ChunkLengths.For(tokens, largest), tokens, Math.Max(16, tokens * 5 / 4 + 16)));
    }
}
