using System.Text.Json;
using Granary.Serving;

namespace Granary.Completions;

/// <summary>What the log keeps of a completion besides its tokens: enough to go on with it anywhere.</summary>
internal sealed record CompletionHeader(string Model, GenerateRequest Request)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    public static CompletionHeader FromBytes(byte[] bytes) => JsonSerializer.Deserialize<CompletionHeader>(bytes)!;
}
