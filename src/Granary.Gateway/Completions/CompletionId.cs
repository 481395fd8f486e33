using System.Buffers;
using System.Globalization;
using Granary.Clustering;
using Granary.Serving;

namespace Granary.Gateway.Completions;

/// <summary>A completion's id, which is also its grain's key. It holds what a gateway must know to write its events that the log does not say.</summary>
/// <param name="Key">A version 7 GUID: unique, with the time of creation in its first 48 bits.</param>
/// <param name="Kind">How it is written.</param>
/// <param name="Layout">Outputs, 1–255, and their prompts.</param>
/// <param name="IncludesUsage">Whether the stream ends with the usage.</param>
/// <param name="Silo">Where it was begun, by <see cref="SiloMark"/>.</param>
internal readonly record struct CompletionId(Guid Key, CompletionKind Kind, PromptLayout Layout, bool IncludesUsage, string Silo)
{
    private const string ChatPrefix = "chatcmpl-";
    private const string TextPrefix = "cmpl-";
    private const int KeyChars = 32;
    private const int TimeChars = 12;

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>When it was created, in seconds since 1970.</summary>
    public long CreatedAt => long.Parse(Key.ToString("N").AsSpan(0, TimeChars), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) / 1000;

    /// <summary>Outputs.</summary>
    public int Choices => Layout.Choices;

    /// <summary>Reads one; what none of the cluster's gateways has made is refused.</summary>
    public static bool TryParse(string text, out CompletionId id)
    {
        id = default;
        var (kind, prefix) = text.StartsWith(ChatPrefix, StringComparison.Ordinal) ? (CompletionKind.Chat, ChatPrefix) : (CompletionKind.Text, TextPrefix);
        if (!text.StartsWith(prefix, StringComparison.Ordinal))
            return false;
        var silo = SiloMark.AtEndOf(text);
        var rest = text.AsSpan(prefix.Length)[..^silo.Length];
        if (silo.IsEmpty || rest.Length != KeyChars + (kind == CompletionKind.Chat ? 3 : 5) || rest.ContainsAnyExcept(LowerHex))
            return false;

        var key = Guid.ParseExact(rest[..KeyChars], "N");
        var choices = Number(rest.Slice(KeyChars, 2));
        var prompts = kind == CompletionKind.Chat ? 1 : Number(rest.Slice(KeyChars + 2, 2));
        id = new(key, kind, new PromptLayout(prompts, choices), rest[^1] == '1', silo.ToString());
        return choices > 0 && prompts > 0 && choices % prompts == 0 && rest[^1] is '0' or '1';
    }

    public override string ToString() => Kind == CompletionKind.Chat
        ? $"{ChatPrefix}{Key:N}{Choices:x2}{(IncludesUsage ? '1' : '0')}{Silo}"
        : $"{TextPrefix}{Key:N}{Choices:x2}{Layout.Prompts:x2}{(IncludesUsage ? '1' : '0')}{Silo}";

    private static int Number(ReadOnlySpan<char> hex) => int.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
