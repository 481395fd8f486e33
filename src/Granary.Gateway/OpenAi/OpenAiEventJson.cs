using System.Text.Encodings.Web;
using System.Text.Json;

namespace Granary.Gateway.OpenAi;

/// <summary>Serialisers of a stream's events, where nothing is escaped that JSON lets stand.</summary>
internal static class OpenAiEventJson
{
    public static OpenAiJson Default { get; } = new(new JsonSerializerOptions(OpenAiJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
