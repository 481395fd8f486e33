using Granary.Errors;
using Granary.Models.Tokenization;

namespace Granary.Models.Tests.Tokenization;

public sealed class HostileTokenizerTests
{
    private const string Model = """ "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]} """;

    [Theory]
    [InlineData("""{"model": {"type": "Unigram", "vocab": []}}""", "Unigram")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0, "b": 0}, "merges": []}}""", "id 0")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 2147483647}, "merges": []}}""", "model.vocab.a")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": -1}, "merges": []}}""", "model.vocab.a")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a a"]}}""", "model.merges")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a"]}}""", "model.merges[0]")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [], "dropout": 0.5}}""", "dropout")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [], "unk_token": "x"}}""", "unk_token")]
    [InlineData("""{"model": {"type": "BPE"}}""", "model.vocab")]
    [InlineData("""[]""", "model")]
    [InlineData("""{"a": """, "JSON")]
    [InlineData("{ \"normalizer\": {\"type\": \"Precompiled\"}, " + Model + "}", "Precompiled")]
    [InlineData("{ \"pre_tokenizer\": {\"type\": \"UnicodeScripts\"}, " + Model + "}", "UnicodeScripts")]
    [InlineData("{ \"decoder\": {\"type\": \"CTC\"}, " + Model + "}", "CTC")]
    [InlineData("{ \"post_processor\": {\"type\": \"X\"}, " + Model + "}", "post_processor")]
    [InlineData("{ \"pre_tokenizer\": {\"type\": \"Split\", \"pattern\": {\"Regex\": \"((((\"}, \"behavior\": \"Isolated\"}, " + Model + "}", "pre_tokenizer.pattern.Regex")]
    [InlineData("{ \"pre_tokenizer\": {\"type\": \"Split\", \"pattern\": {\"Regex\": \"((a{900}){900}){900}\"}, \"behavior\": \"Isolated\"}, " + Model + "}", "too large")]
    [InlineData("{ \"added_tokens\": [{\"id\": 5, \"content\": \"x\"}, {\"id\": 5, \"content\": \"y\"}], " + Model + "}", "added_tokens[1]")]
    [InlineData("{ \"added_tokens\": [{\"id\": 0, \"content\": \"x\"}], " + Model + "}", "added_tokens")]
    [InlineData("{\"model\": {\"type\": \"BPE\", \"vocab\": {\"\\ud800\": 0}, \"merges\": []}}", "surrogate")]
    [InlineData("{ \"added_tokens\": [{\"id\": 5, \"content\": \"\\udc00\"}], " + Model + "}", "surrogate")]
    public void Load_wrong_file_names_the_field(string json, string part)
    {
        var error = Assert.Throws<GranaryException>(() => Load(json));

        Assert.Contains("tokenizer.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_deep_json_is_refused() =>
        Assert.Throws<GranaryException>(() => Load(new string('[', 100_000)));

    /// <summary>Small parts, often repeated: each alone is within bounds.</summary>
    [Theory]
    [InlineData(201, "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij", "characters together")]
    [InlineData(20, "((ab){900}){5}", "instructions")]
    [InlineData(300, ".", "one too many")]
    public void Load_many_patterns_are_refused(int count, string pattern, string part) =>
        AssertRefusedCheaply(string.Join(',', Enumerable.Repeat($$$"""{"type": "Split", "pattern": {"Regex": "{{{pattern}}}"}, "behavior": "Isolated"}""", count)), part);

    [Fact]
    public void Load_pattern_of_thousands_of_sets_is_refused() => AssertRefusedCheaply(
        $$$"""{"type": "Split", "pattern": {"Regex": "{{{string.Concat(Enumerable.Range(0x4e00, 9_000).Select(c => (char)c))}}}"}, "behavior": "Isolated"}""", "different characters");

    [Theory]
    [InlineData("Digits")]
    [InlineData("Punctuation")]
    [InlineData("Whitespace")]
    [InlineData("WhitespaceSplit")]
    [InlineData("ByteLevel")]
    public void Load_steps_without_end_are_refused(string type) =>
        AssertRefusedCheaply(string.Join(',', Enumerable.Repeat($$"""{"type": "{{type}}"}""", 100_000)), "one too many");

    [Fact]
    public void Load_same_pattern_shares_its_sets()
    {
        var split = """{"type": "Split", "pattern": {"Regex": "(?i:[a-z]+)|[^\\s\\p{L}]+|\\p{N}{1,3}|x y"}, "behavior": "Isolated"}""";
        MakeTables();

        var (one, _) = Allocated(1);
        var (hundred, tokenizer) = Allocated(100);

        Assert.InRange(hundred, 0, one + (2 << 20)); // six sets of 8 KiB for each of them would be 5 MB alone
        Assert.Equal([2, 0], tokenizer.Encode("aba"));

        (long Bytes, ITokenizer Tokenizer) Allocated(int count)
        {
            var json = "{ \"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": [" + string.Join(',', Enumerable.Repeat(split, count)) + "]}, " + Model + "}";
            var before = GC.GetAllocatedBytesForCurrentThread();
            var loaded = Load(json);
            return (GC.GetAllocatedBytesForCurrentThread() - before, loaded);
        }
    }

    // Tables of cases are made once in a process.
    private static void MakeTables() => _ = Load("{ \"pre_tokenizer\": {\"type\": \"Split\", \"pattern\": {\"Regex\": \"(?i)[a-b]\"}, \"behavior\": \"Isolated\"}, " + Model + "}");

    private static void AssertRefusedCheaply(string steps, string part)
    {
        MakeTables();
        var json = "{ \"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": [" + steps + "]}, " + Model + "}";
        var before = GC.GetAllocatedBytesForCurrentThread();

        var error = Assert.Throws<GranaryException>(() => Load(json));

        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }

    [Theory]
    [InlineData("(a+)+b")]
    [InlineData("(a|aa)+$x")]
    [InlineData("(a*)*b")]
    [InlineData("a*a*a*a*a*b")]
    public void Encode_expensive_pattern_ends(string pattern)
    {
        var tokenizer = Load("{ \"pre_tokenizer\": {\"type\": \"Split\", \"pattern\": {\"Regex\": \"" + pattern + "\"}, \"behavior\": \"Isolated\"}, " + Model + "}");

        // Either in time or with a refusal: what matters is that it ends.
        var error = Record.Exception(() => tokenizer.Encode(new string('a', 20_000)));

        Assert.True(error is null or GranaryException, error?.ToString());
    }

    [Fact]
    public void Encode_without_special_tokens_reads_their_text_as_text()
    {
        var tokenizer = HuggingFaceTokenizer.Load(Path.Combine(TestFolders.Repository, "deploy", "models", "granary-chat"));

        var ids = tokenizer.Encode("<|im_start|>system<|im_end|>", parseSpecialTokens: false);

        Assert.DoesNotContain(ids, id => id < 3);
        Assert.Equal("<|im_start|>system<|im_end|>", tokenizer.Decode(ids));
    }

    [Fact]
    public void Decode_id_that_a_models_padding_has_is_no_text()
    {
        HuggingFaceTokenizer tokenizer = Load("{" + Model + "}");
        Assert.Equal(3, tokenizer.VocabularySize);
        Assert.Equal(tokenizer.Decode([0, 1]), tokenizer.Decode([0, 3, int.MaxValue, 1]));
        Assert.Empty(tokenizer.BytesOf(3));
        ITokenStreamDecoder stream = tokenizer.CreateStreamDecoder();
        Assert.Equal("", stream.Append(3) + stream.Flush());
    }

    [Fact]
    public void Decode_negative_id_throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Load("{" + Model + "}").Decode([-1]));

    [Fact]
    public void Encode_lone_surrogates_become_replacement_characters()
    {
        var tokenizer = HuggingFaceTokenizer.Load(Path.Combine(TestFolders.Repository, "deploy", "models", "granary-chat"));

        Assert.Equal("a\ufffdb\ufffd", tokenizer.Decode(tokenizer.Encode("a\ud800b\udc00")));
    }

    private static HuggingFaceTokenizer Load(string json)
    {
        var folder = Directory.CreateTempSubdirectory("granary-tokenizer-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "tokenizer.json"), json);
            return HuggingFaceTokenizer.Load(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
