using System.Text.Json;
using Granary.Models.Tokenization;

namespace Granary.Models.Tests.Tokenization;

public sealed class DemoTokenizerTests
{
    private static readonly string Folder = Path.Combine(TestFolders.Repository, "deploy", "models", "granary-chat");
    private static readonly Lazy<HuggingFaceTokenizer> Tokenizer = new(() => HuggingFaceTokenizer.Load(Folder));

    public static TheoryData<string, int[]> Cases()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "tokenizer_tests.json")));
        var data = new TheoryData<string, int[]>();
        foreach (var item in document.RootElement.EnumerateArray())
        {
            data.Add(item.GetProperty("text").GetString()!, [.. item.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32())]);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Encode_demo_model_matches_its_reference(string text, int[] ids) => Assert.Equal(ids, Tokenizer.Value.Encode(text));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decode_demo_model_gives_the_text_back(string text, int[] ids) =>
        Assert.Equal(text, Tokenizer.Value.Decode(ids, skipSpecialTokens: false));

    [Fact]
    public void StreamDecoder_tokens_that_were_met_allocate_nothing()
    {
        var ids = Tokenizer.Value.Encode("The quick brown fox jumps over the lazy dog, and so on.");
        var decoder = Tokenizer.Value.CreateStreamDecoder();
        Append();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Append();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Append()
        {
            foreach (var id in ids)
            {
                decoder.Append(id);
            }
        }
    }
}
