using Granary.Engine.Execution.Cuda;

namespace Granary.Engine.Tests.Execution.Cuda;

public sealed class BatchBucketsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(100)]
    [InlineData(128)]
    [InlineData(1024)]
    public void Of_every_batch_of_a_class_has_a_bucket_that_holds_it_and_wastes_less_than_half(int slots)
    {
        int[] buckets = BatchBuckets.Of(slots);
        Assert.Equal(buckets.Order().Distinct(), buckets);
        Assert.Equal(slots, buckets[^1]);
        for (int rows = 1; rows <= slots; rows++)
        {
            int bucket = buckets[BatchBuckets.IndexFor(buckets, rows)];
            Assert.InRange(rows, (bucket / 2) + 1 - (bucket % 2), bucket);
        }
    }
}
