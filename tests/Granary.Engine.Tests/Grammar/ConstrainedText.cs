using System.Text;
using Granary.Engine.Grammar;
using Granary.Models;

namespace Granary.Engine.Tests.Grammar;

/// <summary>Writes texts that a constraint allows, by dice.</summary>
internal sealed class ConstrainedText(ITokenizer tokenizer, int[] endTokens)
{
    private const int MaxTokens = 5000;

    // What ends JSON soonest, for texts that have become long.
    private static readonly string[] Closers = ["\"", "}", "]", "null", "n", "u", "l", "0", "x", "-", "@"];
    private readonly string[] _texts = [.. Enumerable.Range(0, tokenizer.VocabularySize).Select(id => Encoding.UTF8.GetString(tokenizer.BytesOf(id)))];

    public GrammarCompiler Compiler { get; } = new(tokenizer, tokenizer.VocabularySize, endTokens);

    /// <summary>Tokens until the constraint ends the text. From <paramref name="patience"/> tokens on, those that close something come first.</summary>
    public List<int> Write(ITokenConstraint constraint, Random random, int patience = 200)
    {
        List<int> tokens = [];
        while (!constraint.IsFinished)
        {
            List<int> allowed = [.. Allowed(constraint)];
            Assert.NotEmpty(allowed);
            int token = tokens.Count < patience || random.Next(4) == 0 ? allowed[random.Next(allowed.Count)] : Closing(allowed, random);
            constraint.Accept(token);
            if (endTokens.Contains(token))
            {
                break;
            }

            tokens.Add(token);
            Assert.True(tokens.Count < MaxTokens, $"{MaxTokens} tokens did not end it: {string.Concat(tokens.TakeLast(100).Select(id => _texts[id]))}");
        }

        return tokens;
    }

    public string TextOf(IEnumerable<int> tokens) =>
        new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. tokens.SelectMany(tokenizer.BytesOf)]);

    public static IEnumerable<int> Allowed(ITokenConstraint constraint)
    {
        ulong[] mask = constraint.AllowedTokens.ToArray();
        for (int word = 0; word < mask.Length; word++)
        {
            for (ulong left = mask[word]; left != 0; left &= left - 1)
            {
                yield return (word * 64) + System.Numerics.BitOperations.TrailingZeroCount(left);
            }
        }
    }

    private int Closing(List<int> allowed, Random random)
    {
        foreach (int end in endTokens.Where(allowed.Contains))
        {
            return end;
        }

        List<int> closers = allowed.FindAll(token => Closers.Contains(_texts[token]));
        if (closers.Count > 0)
        {
            int quote = closers.FindIndex(token => _texts[token] == "\"");
            return closers[quote >= 0 ? quote : random.Next(closers.Count)];
        }

        return allowed[random.Next(allowed.Count)];
    }
}
