using Granary.Models.Tokenization.Json;

namespace Granary.Models.Tokenization.PostProcessors;

/// <summary>The ids written before and after a text.</summary>
internal sealed record PostProcessor(int[] Before, int[] After)
{
    private const string Known = "TemplateProcessing, ByteLevel, BertProcessing, RobertaProcessing, Sequence";
    private static readonly PostProcessor None = new([], []);

    public static PostProcessor Read(TokenizerJson json)
    {
        if (json.IsNull)
        {
            return None;
        }

        return json.Type switch
        {
            "ByteLevel" => None,
            "Sequence" => json["processors"].Items().Select(Read).Aggregate(None, (inner, outer) =>
                new([.. outer.Before, .. inner.Before], [.. inner.After, .. outer.After])),
            "TemplateProcessing" => ReadTemplate(json),
            "BertProcessing" or "RobertaProcessing" => new([ReadPair(json["cls"])], [ReadPair(json["sep"])]),
            var type => throw json.Unknown("post-processor", type, Known),
        };
    }

    private static PostProcessor ReadTemplate(TokenizerJson json)
    {
        var before = new List<int>();
        var after = new List<int>();
        var seen = false;
        foreach (var item in json["single"].Items())
        {
            if (!item["Sequence"].IsNull)
            {
                seen = seen ? throw item.Error("names the sequence a second time") : true;
                continue;
            }

            var ids = json["special_tokens"][item["SpecialToken"]["id"].Text()]["ids"].Items().Select(i => i.Number(TokenizerLimits.MaxId));
            (seen ? after : before).AddRange(ids);
        }

        return seen ? new([.. before], [.. after]) : throw json["single"].Error("does not say where the sequence goes");
    }

    private static int ReadPair(TokenizerJson json) => json.Items().Last().Number(TokenizerLimits.MaxId);
}
