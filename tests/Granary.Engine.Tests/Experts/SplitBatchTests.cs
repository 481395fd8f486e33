using Granary.Engine.Experts;
using Granary.Engine.Stages;
using Granary.Shards;

namespace Granary.Engine.Tests.Experts;

public sealed class SplitBatchTests
{
    private const int Width = 2;

    [Theory]
    [InlineData(HiddenFormat.Fp32)]
    [InlineData(HiddenFormat.Fp16)]
    [InlineData(HiddenFormat.Int8)]
    public void Split_thenMerge_isTheSumOfWhatTheDestinationsGive(HiddenFormat format)
    {
        // Tokens 0 and 2 have chosen experts of both destinations, token 1 of one.
        var batch = new ExpertBatch
        {
            Layer = 3,
            Format = format,
            Hidden = HiddenCodec.Write(format, [1, 2, 3, 4, 5, 6], Width),
            Ends = [2, 3, 5],
            Experts = [0, 1, 1, 2, 1],
            Weights = [0.1f, 0.2f, 0.3f, 0.4f, 0.5f],
        };

        SplitBatch split = SplitBatch.Of(batch, expert => expert % 2);

        Assert.Equal([0, 1], split.Parts.Select(part => part.Destination));
        Assert.Equal([0, 2], split.Parts[0].Rows);
        Assert.Equal([0, 1, 2], split.Parts[1].Rows);
        Assert.Equal([0.1f, 0.4f], split.Parts[0].Batch.Weights);
        Assert.Equal([1, 2, 3], split.Parts[1].Batch.Ends);
        Assert.Equal(HiddenCodec.Write(format, [1, 2, 5, 6], Width), split.Parts[0].Batch.Hidden);

        ExpertReply whole = split.Merge([Reply(format, [10, 10, 20, 20]), Reply(format, [1, 1, 2, 2, 3, 3])]);
        float[] sums = new float[6];
        HiddenCodec.Read(format, whole.Sums, sums, Width);
        Assert.Equal([11, 11, 2, 2, 23, 23], sums.Select(sum => MathF.Round(sum)));
    }

    private static ExpertReply Reply(HiddenFormat format, float[] sums) => new() { Sums = HiddenCodec.Write(format, sums, Width) };
}
