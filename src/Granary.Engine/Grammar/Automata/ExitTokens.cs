namespace Granary.Engine.Grammar.Automata;

/// <summary>The tokens that leave a counted repetition and go on behind it, by the number of repetitions that they have made of it by then.</summary>
/// <param name="repetitions">Rising.</param>
/// <param name="tokens">The token of each number; a token may be there with several.</param>
internal sealed class ExitTokens(int[] repetitions, int[] tokens) : CachedTokens
{
    /// <summary>Most repetitions before a token leaves.</summary>
    public int Most => repetitions.Length == 0 ? 0 : repetitions[^1];

    public override long Bytes => 2L * tokens.Length * sizeof(int);

    /// <summary>Adds the tokens to a mask that leave after so many repetitions.</summary>
    public void AddBetween(int least, int most, ulong[] mask)
    {
        int from = Array.BinarySearch(repetitions, least);
        from = from < 0 ? ~from : from;
        while (from > 0 && repetitions[from - 1] == least)
        {
            from--;
        }

        for (int i = from; i < tokens.Length && repetitions[i] <= most; i++)
        {
            mask[tokens[i] >> 6] |= 1UL << (tokens[i] & 63);
        }
    }
}
