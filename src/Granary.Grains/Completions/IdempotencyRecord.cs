using System.Text.Json;

namespace Granary.Completions;

/// <summary>What the log keeps of an idempotency key.</summary>
internal sealed record IdempotencyRecord(IdempotencyClaim Claim, DateTimeOffset ExpiresAt)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    public static IdempotencyRecord? FromBytes(byte[]? bytes) => bytes is { Length: > 0 } ? JsonSerializer.Deserialize<IdempotencyRecord>(bytes) : null;
}
