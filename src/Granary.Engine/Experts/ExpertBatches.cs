using Granary.Engine.Experts.Routing;
using Granary.Engine.Stages;
using Granary.Shards;

namespace Granary.Engine.Experts;

/// <summary>Makes messages to experts, and adds up what they answer.</summary>
internal static class ExpertBatches
{
    /// <summary>The message for choices, which are in the order of their tokens: each token's input goes along once.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="chosen">All choices.</param>
    /// <param name="choices">Which of them, by number.</param>
    /// <param name="input">The experts' input [T, H].</param>
    /// <param name="width">H.</param>
    /// <param name="format">How it is written.</param>
    public static ExpertBatch Create(int layer, ExpertChoices chosen, ReadOnlySpan<int> choices, ReadOnlySpan<float> input, int width, HiddenFormat format)
    {
        int rows = CountTokens(choices, chosen.PerToken);
        int rowBytes = HiddenCodec.Bytes(format, 1, width);
        var ends = new int[rows];
        var experts = new int[choices.Length];
        var weights = new float[choices.Length];
        byte[] hidden = GC.AllocateUninitializedArray<byte>(rows * rowBytes);
        int row = -1;
        int last = -1;
        for (int i = 0; i < choices.Length; i++)
        {
            int token = choices[i] / chosen.PerToken;
            if (token != last)
            {
                row++;
                last = token;
                HiddenCodec.Write(format, input.Slice(token * width, width), hidden.AsSpan(row * rowBytes, rowBytes), width);
            }

            ends[row] = i + 1;
            experts[i] = chosen.Experts[choices[i]];
            weights[i] = chosen.Weights[choices[i]];
        }

        return new ExpertBatch { Layer = layer, Format = format, Hidden = hidden, Ends = ends, Experts = experts, Weights = weights };
    }

    /// <summary>Adds an answer to the sums of its tokens.</summary>
    /// <exception cref="InvalidDataException">It is not as long as the batch.</exception>
    public static void Add(ExpertReply reply, ExpertBatch batch, ReadOnlySpan<int> choices, int perToken, Span<float> sums, int width)
    {
        var rows = new float[batch.Tokens * width];
        HiddenCodec.Read(batch.Format, reply.Sums, rows, width);
        for (int row = 0; row < batch.Tokens; row++)
        {
            int token = choices[batch.Ends[row] - 1] / perToken;
            RowMath.AddScaled(sums.Slice(token * width, width), rows.AsSpan(row * width, width), 1);
        }
    }

    private static int CountTokens(ReadOnlySpan<int> choices, int perToken)
    {
        int count = 0;
        int last = -1;
        foreach (int choice in choices)
        {
            int token = choice / perToken;
            count += token == last ? 0 : 1;
            last = token;
        }

        return count;
    }
}
