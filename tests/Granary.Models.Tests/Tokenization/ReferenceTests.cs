using System.Text;
using System.Text.Json;

namespace Granary.Models.Tests.Tokenization;

public sealed class ReferenceTests
{
    public static TheoryData<string> Names() => [.. ReferenceTokenizers.Expected.Select(e => e.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Encode_corpus_matches_hugging_face(string name)
    {
        var tokenizer = ReferenceTokenizers.Load(name);
        var expected = Of(name);
        var wrong = ReferenceTokenizers.Corpus.Select((text, i) => (text, want: expected.Ids[i], have: tokenizer.Encode(text)))
            .Where(c => !c.want.SequenceEqual(c.have))
            .Select(c => $"{JsonSerializer.Serialize(c.text)}: {string.Join(' ', c.want)} but {string.Join(' ', c.have)}");

        Assert.Empty(wrong);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Encode_with_special_tokens_matches_hugging_face(string name)
    {
        foreach (var (text, ids) in Of(name).Special)
        {
            Assert.Equal(ids, ReferenceTokenizers.Load(name).Encode(text, addSpecialTokens: true));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Decode_corpus_and_random_ids_matches_hugging_face(string name)
    {
        var tokenizer = ReferenceTokenizers.Load(name);
        var expected = Of(name);
        for (var i = 0; i < expected.Ids.Length; i++)
        {
            var text = expected.Texts[i].ValueKind == JsonValueKind.String ? expected.Texts[i].GetString()! : ReferenceTokenizers.Corpus[i];
            Assert.Equal(text, tokenizer.Decode(expected.Ids[i]));
        }

        foreach (var (ids, all, skipped) in expected.Decoded)
        {
            Assert.Equal(all, tokenizer.Decode(ids, skipSpecialTokens: false));
            Assert.Equal(skipped, tokenizer.Decode(ids));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void StreamDecoder_pieces_equal_the_whole(string name)
    {
        var tokenizer = ReferenceTokenizers.Load(name);
        var expected = Of(name);
        foreach (var ids in expected.Ids.Concat(expected.Decoded.Select(d => d.Ids)))
        {
            var decoder = tokenizer.CreateStreamDecoder();
            var pieces = ids.Select(decoder.Append).ToList();
            pieces.Add(decoder.Flush());

            Assert.Equal(tokenizer.Decode(ids), string.Concat(pieces));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void BytesOf_tokens_in_a_row_are_the_text(string name)
    {
        var tokenizer = ReferenceTokenizers.Load(name);
        foreach (var ids in Of(name).Ids.Where(ids => ids.Length > 0))
        {
            // Some decoders take spaces off the ends of a text, of which a token's bytes know nothing.
            var text = tokenizer.Decode(ids, skipSpecialTokens: false);
            var bytes = Encoding.UTF8.GetString([.. ids.SelectMany(tokenizer.BytesOf)]);
            Assert.Equal(text.Trim(' '), bytes.Trim(' '));
        }
    }

    private static ReferenceCase Of(string name) => ReferenceTokenizers.Expected.Single(e => e.Name == name);
}
