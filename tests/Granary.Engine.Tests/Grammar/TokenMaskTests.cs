using System.Text;
using Granary.Engine.Grammar;
using Granary.Engine.Sampling;
using Granary.Engine.Tests.Grammar.Schema;
using Granary.Errors;
using Granary.Models;

namespace Granary.Engine.Tests.Grammar;

/// <summary>Masks hold exactly the tokens whose bytes may come.</summary>
public sealed class TokenMaskTests
{
    /// <summary>Counts that are kept beside the state, with all that may make a count ambiguous.</summary>
    private static readonly OutputConstraint[] Counted =
    [
        new() { Kind = ConstraintKind.JsonSchema, Text = """{"type":"string","minLength":9,"maxLength":30}""" },
        new() { Kind = ConstraintKind.JsonSchema, Text = """{"type":"array","items":{"type":"string","minLength":1,"maxLength":20},"minItems":3,"maxItems":25}""" },
        new() { Kind = ConstraintKind.JsonSchema, Text = """{"$defs":{"n":{"type":"object","properties":{"v":{"type":"string","maxLength":18},"n":{"$ref":"#/$defs/n"}},"required":["v"]}},"$ref":"#/$defs/n"}""" },
        new() { Kind = ConstraintKind.Regex, Text = "[abx]{0,18}n" },
        new() { Kind = ConstraintKind.Regex, Text = "[abx]{17,18}" },
        new() { Kind = ConstraintKind.Regex, Text = "(ab?){18,20}(b|x)" },
        new() { Kind = ConstraintKind.Regex, Text = "(a|b|ab|x){5,17}n" },
        new() { Kind = ConstraintKind.Regex, Text = "([ab]{0,17}[ab]x){2,18}" },
        new() { Kind = ConstraintKind.Regex, Text = "((a{0,17}b?){1,17}x)*n" },
        new() { Kind = ConstraintKind.Regex, Text = "(ab?x{1,20}){3,}[^a]" },
    ];

    private static readonly OutputConstraint[] Constraints =
    [
        new() { Kind = ConstraintKind.JsonObject },
        new() { Kind = ConstraintKind.Choice, Choices = ["yes", "yesterday", "no", "né", "世界"] },
        new() { Kind = ConstraintKind.Regex, Text = "(ab|a|é){2,5}[^x]*x" },
        new() { Kind = ConstraintKind.Regex, Text = "a{3,300}b" },
        new() { Kind = ConstraintKind.JsonSchema, Text = """{"type":"string","minLength":2,"maxLength":7}""" },
        new() { Kind = ConstraintKind.JsonSchema, Text = """{"type":"array","items":{"type":"string"},"maxItems":2}""" },
        new() { Kind = ConstraintKind.JsonSchema, Text = """{"$defs":{"n":{"type":"object","properties":{"v":{"type":"string"},"n":{"$ref":"#/$defs/n"}},"required":["v"]}},"$ref":"#/$defs/n"}""" },
        .. Enumerable.Range(0, 12).Select(seed => new OutputConstraint { Kind = ConstraintKind.JsonSchema, Text = RandomSchema.Of(seed) }),
    ];

    /// <summary>A vocabulary of pieces that cross the borders of JSON's syntax and of characters.</summary>
    private static ListTokenizer Vocabulary(Random random)
    {
        string[] parts = ["{", "}", "[", "]", "\"", "\\", ":", ",", " ", "a", "b", "x", "0", "12", "-", ".", "n", "null", "true", "é", "世", "界", "v", "yes", "no", "u00", "\n"];
        List<byte[]> tokens = [.. Enumerable.Range(0, 256).Select(value => new[] { (byte)value })];
        for (int i = 0; i < 600; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(1, 7)).Select(_ => parts[random.Next(parts.Length)])));
            int cut = random.Next(4) == 0 ? random.Next(bytes.Length) : 0; // in the middle of a character, now and then
            tokens.Add(bytes[cut..]);
        }

        return new ListTokenizer(tokens);
    }

    [Fact]
    public void Masks_equal_every_token_tried_byte_by_byte()
    {
        var random = new Random(21);
        foreach (OutputConstraint asked in (IEnumerable<OutputConstraint>)[.. Constraints, .. Counted])
        {
            ListTokenizer tokenizer = Vocabulary(random);
            var compiler = new GrammarCompiler(tokenizer, tokenizer.VocabularySize + 5, [tokenizer.EndToken]);
            var byBytes = new GrammarCompiler(ListTokenizer.OfBytes, ListTokenizer.OfBytes.VocabularySize, [ListTokenizer.OfBytes.EndToken]);
            for (int round = 0; round < 3; round++)
            {
                TokenConstraint constraint = compiler.Start(asked);
                List<byte> text = [];
                for (int step = 0; step < 14 && !constraint.IsFinished; step++)
                {
                    List<int> allowed = [.. ConstrainedText.Allowed(constraint)];
                    Assert.Equal(ByBytes(byBytes, asked, text, tokenizer), allowed);
                    int token = allowed[random.Next(allowed.Count)];
                    constraint.Accept(token);
                    text.AddRange(token == tokenizer.EndToken ? [] : tokenizer.BytesOf(token));
                }
            }
        }
    }

    [Fact]
    public void Choice_writes_each_of_its_texts_and_no_other()
    {
        string[] choices = ["yes", "yesterday", "no", "", "né", "\"quoted\"\n", "世界"];
        Assert.Equal(choices.Order(StringComparer.Ordinal), GrammarTexts.AllOf(() => GrammarTexts.Choice(choices), 20).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Token_of_half_a_character_is_allowed_where_the_other_half_may_follow()
    {
        var tokenizer = new ListTokenizer((byte[])[0xE4, 0xB8], [0x96], [0x97], "世"u8.ToArray());
        var compiler = new GrammarCompiler(tokenizer, tokenizer.VocabularySize, [tokenizer.EndToken]);
        TokenConstraint constraint = compiler.Start(new OutputConstraint { Kind = ConstraintKind.Choice, Choices = ["世"] });

        Assert.Equal([0, 3], ConstrainedText.Allowed(constraint));
        constraint.Accept(0);
        Assert.Equal([1], ConstrainedText.Allowed(constraint));
        constraint.Accept(1);
        Assert.True(constraint.IsFinished);
        Assert.Equal([tokenizer.EndToken], ConstrainedText.Allowed(constraint));
    }

    [Fact]
    public void Accept_same_tokens_give_the_same_masks_again()
    {
        ListTokenizer tokenizer = Vocabulary(new Random(3));
        var compiler = new GrammarCompiler(tokenizer, tokenizer.VocabularySize, [tokenizer.EndToken]);
        foreach (OutputConstraint asked in Constraints)
        {
            var random = new Random(4);
            TokenConstraint constraint = compiler.Start(asked);
            List<(ulong[] Mask, int Token)> steps = [];
            while (!constraint.IsFinished && steps.Count < 50)
            {
                List<int> allowed = [.. ConstrainedText.Allowed(constraint)];
                steps.Add((constraint.AllowedTokens.ToArray(), allowed[random.Next(allowed.Count)]));
                constraint.Accept(steps[^1].Token);
            }

            // Here by the same compiler, and there by another one.
            foreach (GrammarCompiler other in (GrammarCompiler[])[compiler, new(tokenizer, tokenizer.VocabularySize, [tokenizer.EndToken])])
            {
                TokenConstraint replay = other.Start(asked);
                foreach ((ulong[] mask, int token) in steps)
                {
                    Assert.Equal(mask, replay.AllowedTokens.ToArray());
                    replay.Accept(token);
                }
            }
        }
    }

    [Fact]
    public void Accept_steady_state_allocates_nothing()
    {
        ListTokenizer tokenizer = Vocabulary(new Random(8));
        var compiler = new GrammarCompiler(tokenizer, tokenizer.VocabularySize, [tokenizer.EndToken]);
        float[] logits = new float[tokenizer.VocabularySize];
        var asked = new OutputConstraint { Kind = ConstraintKind.JsonSchema, Text = """{"type":"array","items":{"type":"string"},"minItems":20}""" };
        var random = new Random(5);
        TokenConstraint first = compiler.Start(asked);
        int[] tokens = new int[300];
        for (int i = 0; i < tokens.Length; i++)
        {
            List<int> allowed = [.. ConstrainedText.Allowed(first)];
            tokens[i] = allowed[random.Next(allowed.Count)];
            first.Accept(tokens[i]);
        }

        TokenConstraint again = compiler.Start(asked);
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (int token in tokens)
        {
            TokenMask.Apply(logits, again.AllowedTokens);
            again.Accept(token);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Accept_token_that_is_not_allowed_throws()
    {
        TokenConstraint constraint = GrammarTexts.Choice("ab");
        Assert.Throws<InvalidOperationException>(() => constraint.Accept('b'));
        Assert.Throws<InvalidOperationException>(() => constraint.Accept(ListTokenizer.OfBytes.EndToken));
        constraint.Accept('a');
        constraint.Accept('b');
        constraint.Accept(ListTokenizer.OfBytes.EndToken);
        Assert.Throws<InvalidOperationException>(() => constraint.Accept('a'));
    }

    [Fact]
    public void Vocabulary_without_the_bytes_is_refused_at_once_or_where_it_runs_dry()
    {
        var tokenizer = new ListTokenizer("a", "b");
        var compiler = new GrammarCompiler(tokenizer, tokenizer.VocabularySize, [tokenizer.EndToken]);
        Assert.Contains("no token", Assert.Throws<GranaryException>(() => compiler.Start(new() { Kind = ConstraintKind.Choice, Choices = ["x"] })).Message, StringComparison.Ordinal);

        TokenConstraint constraint = compiler.Start(new() { Kind = ConstraintKind.Choice, Choices = ["ax"] });
        GranaryException refusal = Assert.Throws<GranaryException>(() => constraint.Accept(0));
        Assert.Equal("choice", refusal.Parameter);
        Assert.Equal(ErrorCode.InvalidRequest, refusal.Code);
    }

    [Fact]
    public void First_token_counts_as_the_tokenizer_decodes_it()
    {
        // Of ▁yes the first one of a text reads "yes", a later one " yes".
        var tokenizer = RealTokenizers.Llama2;
        int end = tokenizer.FindToken("</s>")!.Value;
        int yes = tokenizer.FindToken("▁yes")!.Value;
        var compiler = new GrammarCompiler(tokenizer, tokenizer.VocabularySize, [end]);

        Assert.True(compiler.Start(new() { Kind = ConstraintKind.Choice, Choices = ["yes"] }).Allows(yes));
        TokenConstraint twice = compiler.Start(new() { Kind = ConstraintKind.Choice, Choices = ["yes yes"] });
        twice.Accept(yes);
        Assert.True(twice.Allows(yes));
        twice.Accept(yes);
        Assert.True(twice.IsFinished);
        Assert.Equal("yes yes", tokenizer.Decode([yes, yes]));
    }

    [Fact]
    public void Texts_written_with_byte_fallback_read_as_they_were_written()
    {
        var tokenizer = RealTokenizers.Llama2;
        var writer = new ConstrainedText(tokenizer, [tokenizer.FindToken("</s>")!.Value]);
        string schema = """{"type":"array","items":{"type":"string","maxLength":8},"minItems":2,"maxItems":4}""";
        for (int seed = 0; seed < 20; seed++)
        {
            List<int> tokens = writer.Write(writer.Compiler.Start(new() { Kind = ConstraintKind.JsonSchema, Text = schema }), new Random(seed));
            Assert.True(SchemaValidator.IsValid(schema, tokenizer.Decode([.. tokens])), tokenizer.Decode([.. tokens]));
        }
    }

    private static List<int> ByBytes(GrammarCompiler compiler, OutputConstraint asked, List<byte> text, ListTokenizer tokenizer)
    {
        List<int> allowed = [];
        for (int token = 0; token < tokenizer.VocabularySize; token++)
        {
            TokenConstraint constraint = compiler.Start(asked);
            Assert.True(constraint.TryAccept([.. text]));
            bool isAllowed = token == tokenizer.EndToken ? constraint.Allows(ListTokenizer.OfBytes.EndToken) : constraint.TryAccept(tokenizer.BytesOf(token));
            if (isAllowed)
            {
                allowed.Add(token);
            }
        }

        return allowed;
    }
}
