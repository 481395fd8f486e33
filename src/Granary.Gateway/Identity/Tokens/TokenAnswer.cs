namespace Granary.Gateway.Identity.Tokens;

/// <summary>A token, as RFC 6749 writes it.</summary>
internal sealed record TokenAnswer(string AccessToken, string TokenType, long ExpiresIn, string Scope);
