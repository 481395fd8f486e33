using System.Security.Cryptography;
using System.Text.Json;

namespace Granary.Gateway.OpenAi.Requests;

/// <summary>A fingerprint of what a request asks for: what is written differently and means the same has the same one.</summary>
internal static class RequestDigest
{
    /// <summary>SHA-256, as hex.</summary>
    public static string Of(CompletionRequest request) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request)));
}
