using Granary.Engine.Grammar;
using Granary.Errors;
using Granary.Models;

namespace Granary.Engine.Tests.Grammar;

/// <summary>Constraints that are made to cost much are refused, or cost little.</summary>
public sealed class HostileConstraintTests
{
    [Fact]
    public void Schemas_too_deep_too_large_or_growing_without_end_are_refused()
    {
        string deep = string.Concat(Enumerable.Repeat("""{"type":"array","items":""", 200)) + "{}" + new string('}', 200);
        string large = """{"type":"object","properties":{""" + string.Join(',', Enumerable.Range(0, 11_000).Select(i => $"\"p{i}\":{{}}")) + "}}";
        string growing = """{"$defs":{"d0":{"type":"string"},""" + string.Join(',', Enumerable.Range(1, 40).Select(i =>
            """
            "dI":{"allOf":[{"type":"object","properties":{"aI":{"$ref":"#/$defs/dJ"}}},{"anyOf":[{"$ref":"#/$defs/dJ"},{"required":["aI"]},{"properties":{"bI":{"$ref":"#/$defs/dJ"}}}]}]}
            """.Replace("I", $"{i}", StringComparison.Ordinal).Replace("J", $"{i - 1}", StringComparison.Ordinal))) + """},"$ref":"#/$defs/d40"}""";

        Assert.All([deep, large, growing, new string(' ', 300_000) + "{}"], schema =>
            Assert.Equal("response_format", Assert.Throws<GranaryException>(() => GrammarTexts.Schema(schema)).Parameter));
    }

    [Fact]
    public void Regexes_too_deep_or_too_large_are_refused()
    {
        string deep = new string('(', 100) + "a" + new string(')', 100);
        string large = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{i % 10}{(char)('a' + (i % 26))}{i % 7}."));
        Assert.All([deep, large], pattern => Assert.Equal("regex", Assert.Throws<GranaryException>(() => GrammarTexts.Regex(pattern)).Parameter));
    }

    /// <summary>A few characters name hundreds of ranges each; united they are few again, so that only what is read shows what it costs.</summary>
    [Fact]
    public void Regexes_whose_classes_name_too_many_ranges_are_refused_before_they_are_united()
    {
        string one = "[" + string.Concat(Enumerable.Repeat(@"\p{L}", 40_000)) + "]";
        string many = string.Concat(Enumerable.Repeat("[" + string.Concat(Enumerable.Repeat(@"\P{L}", 60)) + "]", 50));
        foreach (string pattern in (string[])[one, many])
        {
            _ = GrammarTexts.Regex(@"\p{L}\P{L}"); // the categories themselves are found once
            long before = GC.GetAllocatedBytesForCurrentThread();
            GranaryException refusal = Assert.Throws<GranaryException>(() => GrammarTexts.Regex(pattern));
            Assert.Contains("ranges", refusal.Message, StringComparison.Ordinal);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256L << 20);
        }

        Assert.True(GrammarTexts.Regex(@"[\p{L}\p{N}_-]{1,9}(:[\p{L}\p{M}]+)*").Accepts("Zürich:é"));
    }

    /// <summary>Its automaton has 2^24 states; a text meets few of them, and repetitions are counted, not written out.</summary>
    [Fact]
    public void Regexes_with_large_automata_cost_what_the_text_visits()
    {
        TokenConstraint exponential = GrammarTexts.Regex("[ab]*a[ab]{24}c");
        Assert.True(exponential.Accepts(string.Concat(Enumerable.Repeat("ab", 500)) + "a" + new string('b', 24) + "c"));
        Assert.True(GrammarTexts.Regex("a{1000000}").TryAccept("aaaa"u8));
    }

    [Fact]
    public void Ambiguity_beyond_the_limit_ends_with_an_error()
    {
        TokenConstraint constraint = GrammarTexts.Regex("((a{0,1000}b?){0,1000}c?){0,1000}");
        GranaryException refusal = Assert.Throws<GranaryException>(() =>
        {
            for (int i = 0; i < 3000; i++)
            {
                Assert.True(constraint.Allows('a'));
                constraint.Accept('a');
            }
        });
        Assert.Contains("ambiguous", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_texts_of_counted_and_nested_grammars_do_not_pile_up()
    {
        // More states than a grammar remembers, three times over.
        TokenConstraint constraint = GrammarTexts.Schema("""{"type":"string","maxLength":1000000}""");
        constraint.Accept('"');
        for (int i = 0; i < 3 * GrammarLimits.MaxStates; i++)
        {
            constraint.Accept('a' + (i % 26));
        }

        constraint.Accept('"');
        Assert.True(constraint.IsFinished);
    }

    [Fact]
    public void Schemas_with_half_a_surrogate_pair_are_refused()
    {
        string[] schemas =
        [
            """{"type":"string","const":"\ud800"}""",
            """{"type":"object","properties":{"\udc00":{"type":"string"}}}""",
            """{"type":"string","pattern":"\ud800"}""",
            """{"\ud800":1}""",
            "{\"type\":\"string\",\"const\":\"\ud800\"}",
        ];
        Assert.All(schemas, schema =>
        {
            GranaryException refusal = Assert.Throws<GranaryException>(() => GrammarTexts.Schema(schema));
            Assert.Equal((ErrorCode.InvalidRequest, "response_format"), (refusal.Code, refusal.Parameter));
            Assert.Contains("surrogate", refusal.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Compiler_remembers_the_last_ones_and_forgets_older_ones()
    {
        var cache = new GrammarCache(capacity: 8, capacityOfOwner: 2);
        CompiledGrammar a = Get(cache, "a");
        Assert.Same(a, Get(cache, "a"));
        CompiledGrammar b = Get(cache, "b");
        Assert.Same(a, Get(cache, "a"));
        _ = Get(cache, "c"); // b goes: a was used after it
        Assert.Same(a, Get(cache, "a"));
        Assert.NotSame(b, Get(cache, "b"));
    }

    [Fact]
    public void Compiler_keeps_tenants_apart_and_lets_nobody_displace_others()
    {
        var cache = new GrammarCache(capacity: 4, capacityOfOwner: 3);
        CompiledGrammar calm = Get(cache, "a", "calm");
        Assert.False(cache.Has("flooding", "a"));
        Assert.NotSame(calm, Get(cache, "a", "flooding"));
        foreach (string key in (string[])["b", "c", "d", "e"])
        {
            _ = Get(cache, key, "flooding");
        }

        _ = Get(cache, "a", "third"); // full: of whoever has the most, the one used least recently goes
        Assert.Equal([false, true, true], ((string[])["c", "d", "e"]).Select(key => cache.Has("flooding", key)));
        Assert.Same(calm, Get(cache, "a", "calm"));
    }

    [Fact]
    public async Task Grammar_shared_by_many_threads_gives_each_its_own_way()
    {
        ListTokenizer tokenizer = ListTokenizer.OfBytes;
        var compiler = new GrammarCompiler(tokenizer, tokenizer.VocabularySize, [tokenizer.EndToken]);
        string[] texts = await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            var writer = new ConstrainedText(tokenizer, [tokenizer.EndToken]);
            TokenConstraint constraint = compiler.Start(new() { Kind = ConstraintKind.JsonSchema, Text = """{"type":"array","items":{"type":"string","maxLength":3},"maxItems":30}""" });
            return writer.TextOf(writer.Write(constraint, new Random(thread % 2)));
        })));

        Assert.Equal(2, texts.Distinct(StringComparer.Ordinal).Count());
        Assert.All(texts, (text, thread) => Assert.Equal(texts[thread % 2], text));
    }

    private static CompiledGrammar Get(GrammarCache cache, string key, string owner = "") => cache.GetOrAdd(owner, key, () =>
    {
        ListTokenizer tokenizer = ListTokenizer.OfBytes;
        var builder = new Granary.Engine.Grammar.Expressions.ExpressionBuilder();
        return new CompiledGrammar(
            builder, builder.Literal(key), Granary.Engine.Grammar.Vocabulary.TokenVocabulary.Create(tokenizer, tokenizer.VocabularySize, [tokenizer.EndToken]));
    });
}
