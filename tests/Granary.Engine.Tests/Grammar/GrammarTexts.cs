using System.Text;
using Granary.Engine.Grammar;
using Granary.Models;

namespace Granary.Engine.Tests.Grammar;

/// <summary>Constraints over a token for each byte: what they accept is what their grammars accept.</summary>
internal static class GrammarTexts
{
    public static readonly GrammarCompiler Compiler = new(ListTokenizer.OfBytes, ListTokenizer.OfBytes.VocabularySize, [ListTokenizer.OfBytes.EndToken]);

    public static TokenConstraint Schema(string schema) => Compiler.Start(new OutputConstraint { Kind = ConstraintKind.JsonSchema, Text = schema });

    public static TokenConstraint Regex(string pattern) => Compiler.Start(new OutputConstraint { Kind = ConstraintKind.Regex, Text = pattern });

    public static TokenConstraint Choice(params string[] choices) => Compiler.Start(new OutputConstraint { Kind = ConstraintKind.Choice, Choices = choices });

    public static TokenConstraint JsonObject() => Compiler.Start(new OutputConstraint { Kind = ConstraintKind.JsonObject });

    /// <summary>Whether a constraint lets a text through to its end.</summary>
    public static bool Accepts(this TokenConstraint constraint, string text) =>
        constraint.TryAccept(Encoding.UTF8.GetBytes(text)) && Allows(constraint, ListTokenizer.OfBytes.EndToken);

    /// <summary>Goes through bytes as far as they are allowed.</summary>
    public static bool TryAccept(this TokenConstraint constraint, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            if (!Allows(constraint, value))
            {
                return false;
            }

            constraint.Accept(value);
        }

        return true;
    }

    public static bool Allows(this TokenConstraint constraint, int token) => ((constraint.AllowedTokens[token / 64] >> (token % 64)) & 1) != 0;

    /// <summary>All texts of up to a length, shortest first.</summary>
    public static IEnumerable<string> AllOf(Func<TokenConstraint> start, int maxBytes)
    {
        List<byte[]> open = [[]];
        while (open.Count > 0)
        {
            List<byte[]> longer = [];
            foreach (byte[] text in open)
            {
                TokenConstraint constraint = start();
                Assert.True(constraint.TryAccept(text));
                foreach (int token in ConstrainedText.Allowed(constraint).ToList())
                {
                    if (token == ListTokenizer.OfBytes.EndToken)
                    {
                        yield return Encoding.UTF8.GetString(text);
                    }
                    else if (text.Length < maxBytes)
                    {
                        longer.Add([.. text, (byte)token]);
                    }
                }
            }

            open = longer;
        }
    }
}
