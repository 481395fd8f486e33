using System.Text.Json;
using Granary.Errors;
using Granary.Models.Tokenization.Bpe;
using Granary.Unicode;

namespace Granary.Models.Tokenization.Json;

/// <summary>Opens tokenizer.json and reads vocabulary, merges and added tokens within <see cref="TokenizerLimits"/>.</summary>
internal static class TokenizerFile
{
    public static JsonDocument Open(string path)
    {
        var info = new FileInfo(path);
        if (!info.Exists)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"{path} is missing. A model folder needs tokenizer.json; download it with the model.");
        }

        if (info.Length > TokenizerLimits.MaxFileBytes)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"{path} has {info.Length} bytes; a tokenizer may have {TokenizerLimits.MaxFileBytes}.");
        }

        try
        {
            var json = File.ReadAllBytes(path);
            return JsonUnicode.IsValid(json)
                ? JsonDocument.Parse(json, new() { MaxDepth = TokenizerLimits.MaxDepth })
                : throw new GranaryException(ErrorCode.InvalidRequest, $"{path} is no valid JSON: {JsonUnicode.Problem}.");
        }
        catch (JsonException e)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"{path} is no valid JSON: {e.Message}", innerException: e);
        }
    }

    public static BpeDescription ReadModel(TokenizerJson json)
    {
        var type = json["type"].OptionalText() ?? (json["merges"].IsNull ? "" : "BPE");
        if (type != "BPE")
        {
            throw json["type"].Unknown("model", type, "BPE");
        }

        if (!json["dropout"].IsNull && !(json["dropout"].Element.ValueKind == JsonValueKind.Number && json["dropout"].Element.GetDouble() == 0))
        {
            throw json["dropout"].Error("must be null: a served model cannot drop merges at random");
        }

        var vocabulary = ReadVocabulary(json["vocab"]);
        int? unknown = null;
        if (json["unk_token"].OptionalText() is { Length: > 0 } text)
        {
            unknown = vocabulary.TryGetValue(text, out var id) ? id : throw json["unk_token"].Error("is not in the vocabulary");
        }

        return new(
            vocabulary,
            ReadMerges(json["merges"]),
            unknown,
            json["fuse_unk"].Flag(false),
            json["byte_fallback"].Flag(false),
            json["ignore_merges"].Flag(false),
            json["continuing_subword_prefix"].OptionalText() ?? "",
            json["end_of_word_suffix"].OptionalText() ?? "");
    }

    private static Dictionary<string, int> ReadVocabulary(TokenizerJson json)
    {
        if (json.Element.ValueKind != JsonValueKind.Object)
        {
            throw json.Error("must be an object of tokens and ids");
        }

        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        var used = new HashSet<int>();
        foreach (var property in json.Element.EnumerateObject())
        {
            if (property.Name.Length > TokenizerLimits.MaxTokenChars)
            {
                throw json.Error($"has a token of {property.Name.Length} characters; {TokenizerLimits.MaxTokenChars} are allowed");
            }

            var id = new TokenizerJson(property.Value, json.File, $"{json.Path}.{property.Name}", json.Budget).Number(TokenizerLimits.MaxId);
            if (!vocabulary.TryAdd(property.Name, id))
            {
                throw json.Error($"has the token '{property.Name}' twice");
            }

            if (!used.Add(id))
            {
                throw json.Error($"gives the id {id} to two tokens, one of them '{property.Name}'");
            }
        }

        return vocabulary;
    }

    private static List<(string Left, string Right)> ReadMerges(TokenizerJson json)
    {
        var merges = new List<(string, string)>();
        foreach (var item in json.Items())
        {
            if (merges.Count >= TokenizerLimits.MaxMerges)
            {
                throw json.Error($"has more than {TokenizerLimits.MaxMerges} entries");
            }

            string[] pair = item.Element.ValueKind == JsonValueKind.Array ? [.. item.Items().Take(3).Select(i => i.Text())] : item.Text().Split(' ');
            if (pair.Length != 2 || pair[0].Length == 0 || pair[1].Length == 0)
            {
                throw item.Error("must be two tokens, as \"a b\" or [\"a\", \"b\"]");
            }

            merges.Add((pair[0], pair[1]));
        }

        return merges;
    }

    public static List<AddedToken> ReadAddedTokens(TokenizerJson json)
    {
        var tokens = new List<AddedToken>();
        if (json.IsNull)
        {
            return tokens;
        }

        var contents = new HashSet<string>(StringComparer.Ordinal);
        var ids = new HashSet<int>();
        foreach (var item in json.Items())
        {
            var content = item["content"].Text();
            var special = item["special"].Flag(false);
            var token = new AddedToken(
                item["id"].Number(TokenizerLimits.MaxId),
                content,
                special,
                item["normalized"].Flag(!special),
                item["lstrip"].Flag(false),
                item["rstrip"].Flag(false),
                item["single_word"].Flag(false));
            if (content.Length > TokenizerLimits.MaxTokenChars || tokens.Count >= TokenizerLimits.MaxAddedTokens)
            {
                throw item.Error($"is beyond the limits: {TokenizerLimits.MaxAddedTokens} added tokens of {TokenizerLimits.MaxTokenChars} characters");
            }

            if (!ids.Add(token.Id) || !contents.Add(content))
            {
                throw item.Error($"has an id or content that an earlier added token has ('{content}', {token.Id})");
            }

            tokens.Add(token);
        }

        return tokens;
    }
}
