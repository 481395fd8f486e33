using System.Security.Cryptography;
using System.Text;
using Granary.Errors;
using Granary.Gateway.Identity;
using Granary.Identity;

namespace Granary.Gateway.Idempotency;

/// <summary>The header <c>Idempotency-Key</c>, or what is sent in its place over the hub and the plain WebSocket: repeated with the same request, it gets the same answer.</summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";
    private const int MaxLength = 255;

    /// <summary>The key of the grain that remembers it; <see langword="null"/> where there is no such header.</summary>
    /// <exception cref="GranaryException">It is empty or too long.</exception>
    public static string? Find(HttpRequest request, Caller caller) => request.Headers.TryGetValue(Header, out var values) ? Of(values.ToString(), caller) : null;

    /// <summary>The key of the grain that remembers it. It belongs to the caller's API key, and below that to its owner.</summary>
    /// <exception cref="GranaryException">It is empty or too long.</exception>
    public static string Of(string key, Caller caller)
    {
        if (key.Length is 0 or > MaxLength)
            throw new GranaryException(ErrorCode.InvalidRequest, $"An {Header} has 1 to {MaxLength} characters.", Header);
        return OwnedKey.Of(caller.Owner, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{caller.KeyId}\n{key}"))));
    }
}
