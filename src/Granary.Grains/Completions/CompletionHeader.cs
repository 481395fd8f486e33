using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Serving;

namespace Granary.Completions;

/// <summary>What the log keeps of a completion besides its tokens: enough to go on with it anywhere.</summary>
internal sealed record CompletionHeader(string Model, GenerateRequest Request)
{
    // What is not said is not written: of a short request that would be three quarters.
    private static readonly JsonSerializerOptions Options = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, IgnoreReadOnlyProperties = true };

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Options);

    public static CompletionHeader FromBytes(byte[] bytes) => JsonSerializer.Deserialize<CompletionHeader>(bytes, Options)!;
}
