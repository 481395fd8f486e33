using Granary.Models.Tokenization.Json;
using Granary.Models.Tokenization.PreTokenizers;

namespace Granary.Models.Tokenization.Decoders;

/// <summary>Reads the field <c>decoder</c>.</summary>
internal static class DecoderReader
{
    private const string Known = "ByteLevel, ByteFallback, Fuse, Replace, Strip, Metaspace, Sequence";

    public static IReadOnlyList<DecoderStep> Read(TokenizerJson json)
    {
        var steps = new List<DecoderStep>();
        var fused = false;
        Add(json, steps, ref fused);
        return steps;
    }

    private static void Add(TokenizerJson json, List<DecoderStep> steps, ref bool fused)
    {
        json.Budget.CountStep(json);
        switch (json.Type)
        {
            case "Sequence":
                foreach (var item in json["decoders"].Items())
                {
                    Add(item, steps, ref fused);
                }

                break;
            case "ByteLevel":
                steps.Add(new ByteLevelDecoder());
                fused = true;
                break;
            case "ByteFallback":
                steps.Add(new ByteFallbackDecoder());
                break;
            case "Fuse":
                fused = true;
                break;
            case "Replace":
                steps.Add(Replace(json, fused));
                break;
            case "Strip":
                steps.Add(Strip(json, fused));
                break;
            case "Metaspace":
                steps.Add(Metaspace(json));
                break;
            case var type:
                throw json.Unknown("decoder", type, Known);
        }
    }

    private static DecoderStep Replace(TokenizerJson json, bool fused)
    {
        var delimiter = PreTokenizerReader.ReadDelimiter(json["pattern"]);
        var content = json["content"].Text();
        var perCharacter = json["pattern"]["String"].OptionalText() is { Length: 1 };
        return fused && !perCharacter ? new WholeDecoder(Apply) : new MapDecoder((token, _) => Apply(token));

        string Apply(string text) => Replacer.Replace(delimiter, text, content);
    }

    private static DecoderStep Strip(TokenizerJson json, bool fused)
    {
        var content = json["content"].Text();
        if (content.Length != 1)
        {
            throw json["content"].Error("must be one character");
        }

        var (start, stop) = (json["start"].Number(1000), json["stop"].Number(1000));
        return fused
            ? new FusedStripDecoder(content[0], start, stop)
            : new MapDecoder((token, _) => StripToken(token, content[0], start, stop));
    }

    private static string StripToken(string token, char content, int start, int stop)
    {
        var from = 0;
        while (from < token.Length && from < start && token[from] == content)
        {
            from++;
        }

        var end = token.Length;
        while (end > from && token.Length - end < stop && token[end - 1] == content)
        {
            end--;
        }

        return token[from..end];
    }

    private static MapDecoder Metaspace(TokenizerJson json)
    {
        var replacement = json["replacement"].OptionalText() ?? "▁";
        var prepends = PreTokenizerReader.ReadScheme(json) != PrependScheme.Never;
        return new((token, isFirst) => token.Replace(replacement, isFirst && prepends ? "" : " ", StringComparison.Ordinal));
    }
}
