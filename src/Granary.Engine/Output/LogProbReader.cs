using System.Runtime.InteropServices;
using System.Text;
using Granary.Engine.Sampling;
using Granary.Models;

namespace Granary.Engine.Output;

/// <summary>
/// Log-probabilities on their way from the engine's thread, which only copies numbers, to the reader, whose thread makes texts of them.
/// </summary>
internal sealed class LogProbReader(ITokenizer tokenizer, int top)
{
    private readonly List<(int Token, float LogProb)> _written = [];
    private readonly Dictionary<int, (string Text, byte[] Bytes)> _texts = []; // the likely ones come again and again

    /// <summary>Adds those of a token.</summary>
    public void Write(int token, LogProbRow row)
    {
        _written.Add((token, row.Chosen));
        for (int i = 0; i < row.Top; i++)
        {
            _written.Add((row.Tokens[i], row.LogProbs[i]));
        }
    }

    /// <summary>Hands out what was written since the last call: for each token itself and the most likely ones.</summary>
    public (int Token, float LogProb)[] Take()
    {
        (int Token, float LogProb)[] taken = [.. _written];
        _written.Clear();
        return taken;
    }

    /// <summary>Adds the texts to what <see cref="Take"/> gave.</summary>
    public TokenLogProbs[] Describe((int Token, float LogProb)[] taken) =>
        [.. taken.Chunk(1 + top).Select(place => new TokenLogProbs(Describe(place[0]), [.. place.Skip(1).Select(Describe)]))];

    /// <summary>Adds its text to one token.</summary>
    public TokenLogProb Describe((int Token, float LogProb) entry)
    {
        ref (string Text, byte[] Bytes) known = ref CollectionsMarshal.GetValueRefOrAddDefault(_texts, entry.Token, out bool isKnown);
        if (!isKnown)
        {
            byte[] bytes = tokenizer.BytesOf(entry.Token);
            known = (Encoding.UTF8.GetString(bytes), bytes);
        }

        return new TokenLogProb(entry.Token, entry.LogProb, known.Text, known.Bytes);
    }
}
