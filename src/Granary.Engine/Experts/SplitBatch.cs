using Granary.Engine.Stages;
using Granary.Shards;

namespace Granary.Engine.Experts;

/// <summary>A batch whose choices go to several destinations, because no single one holds all of its experts.</summary>
/// <param name="Batch">The whole.</param>
/// <param name="Parts">What each destination is asked.</param>
public sealed record SplitBatch(ExpertBatch Batch, IReadOnlyList<SplitBatch.Part> Parts)
{
    /// <summary>Divides a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="destinationOf">Where each expert is asked.</param>
    public static SplitBatch Of(ExpertBatch batch, Func<int, int> destinationOf)
    {
        var parts = new Dictionary<int, Builder>();
        int choice = 0;
        for (int row = 0; row < batch.Tokens; row++)
        {
            for (; choice < batch.Ends[row]; choice++)
            {
                int destination = destinationOf(batch.Experts[choice]);
                if (!parts.TryGetValue(destination, out Builder? part))
                {
                    parts[destination] = part = new Builder();
                }

                part.Add(row, batch.Experts[choice], batch.Weights[choice]);
            }
        }

        return new SplitBatch(batch, [.. parts.Select(part => part.Value.Build(part.Key, batch))]);
    }

    /// <summary>The reply to the whole.</summary>
    /// <param name="replies">Of the parts, in their order.</param>
    /// <exception cref="InvalidDataException">One is not as long as its part.</exception>
    public ExpertReply Merge(IReadOnlyList<ExpertReply> replies)
    {
        if (Parts is [{ Rows.Length: var rows }] && rows == Batch.Tokens)
        {
            return replies[0];
        }

        int width = HiddenCodec.Width(Batch.Format, Batch.Hidden.Length / Batch.Tokens);
        float[] sums = new float[Batch.Tokens * width];
        var computed = TimeSpan.Zero;
        foreach ((Part part, ExpertReply reply) in Parts.Zip(replies))
        {
            float[] own = new float[part.Rows.Length * width];
            HiddenCodec.Read(Batch.Format, reply.Sums, own, width);
            for (int i = 0; i < part.Rows.Length; i++)
            {
                Span<float> sum = sums.AsSpan(part.Rows[i] * width, width);
                RowMath.AddScaled(sum, own.AsSpan(i * width, width), 1);
            }

            computed = reply.Computed > computed ? reply.Computed : computed;
        }

        return new ExpertReply { Sums = HiddenCodec.Write(Batch.Format, sums, width), Computed = computed };
    }

    /// <summary>What one destination is asked.</summary>
    /// <param name="Destination">The destination.</param>
    /// <param name="Rows">Its tokens' rows in the whole.</param>
    /// <param name="Batch">The question.</param>
    public sealed record Part(int Destination, int[] Rows, ExpertBatch Batch);

    private sealed class Builder
    {
        private readonly List<int> _rows = [];
        private readonly List<int> _ends = [];
        private readonly List<int> _experts = [];
        private readonly List<float> _weights = [];

        public void Add(int row, int expert, float weight)
        {
            if (_rows.Count == 0 || _rows[^1] != row)
            {
                _rows.Add(row);
                _ends.Add(0);
            }

            _experts.Add(expert);
            _weights.Add(weight);
            _ends[^1] = _experts.Count;
        }

        public Part Build(int destination, ExpertBatch whole)
        {
            int rowBytes = whole.Hidden.Length / whole.Tokens;
            byte[] hidden = GC.AllocateUninitializedArray<byte>(_rows.Count * rowBytes);
            for (int i = 0; i < _rows.Count; i++)
            {
                whole.Hidden.AsSpan(_rows[i] * rowBytes, rowBytes).CopyTo(hidden.AsSpan(i * rowBytes));
            }

            return new Part(destination, [.. _rows], whole with { Hidden = hidden, Ends = [.. _ends], Experts = [.. _experts], Weights = [.. _weights] });
        }
    }
}
