using System.Text.Json.Nodes;
using Granary.Models.Tokenization.Bpe;

namespace Granary.Models.Synthesis;

/// <summary>A tokenizer of any size: the 256 bytes, without merges, then ChatML's special tokens, then words that nothing is encoded to but every id decodes to.</summary>
internal static class SyntheticTokenizer
{
    public const int EndOfText = 256;
    public const int StartOfTurn = 257;
    public const int EndOfTurn = 258;

    private const int FirstWord = 259;

    private const string Template =
        "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    /// <summary>tokenizer.json.</summary>
    public static JsonObject Create(int vocabulary)
    {
        var ids = new JsonObject();
        for (var id = 0; id < EndOfText; id++)
        {
            ids[ByteAlphabet.Char((byte)id).ToString()] = id;
        }

        for (var id = FirstWord; id < vocabulary; id++)
        {
            ids[$"{ByteAlphabet.Char((byte)' ')}w{id}"] = id;
        }

        return new()
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(Special(EndOfText, "<|endoftext|>"), Special(StartOfTurn, "<|im_start|>"), Special(EndOfTurn, "<|im_end|>")),
            ["normalizer"] = null,
            ["pre_tokenizer"] = ByteLevel(),
            ["post_processor"] = null,
            ["decoder"] = ByteLevel(),
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = ids, ["merges"] = new JsonArray() },
        };
    }

    /// <summary>tokenizer_config.json.</summary>
    public static JsonObject CreateConfig() => new() { ["chat_template"] = Template, ["eos_token"] = "<|im_end|>" };

    private static JsonObject ByteLevel() => new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = true };

    private static JsonObject Special(int id, string content) => new()
    {
        ["id"] = id, ["content"] = content, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = true,
    };
}
