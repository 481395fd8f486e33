using System.Buffers;

namespace Granary.Identity;

/// <summary>What a tenant may be called: 1 to 64 of a–z, A–Z, 0–9, dot, underscore and hyphen, beginning with a letter or a digit.</summary>
public static class TenantId
{
    /// <summary>Most characters.</summary>
    public const int MaxLength = 64;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    /// <summary>Whether a text can be a tenant's id.</summary>
    public static bool IsValid(string? text) =>
        text is { Length: > 0 and <= MaxLength } && char.IsAsciiLetterOrDigit(text[0]) && !text.AsSpan().ContainsAnyExcept(Allowed);
}
