namespace Granary.Gateway.Identity.Tokens;

/// <summary>Why there is no token, as RFC 6749 writes it.</summary>
internal sealed record TokenRefusal(string Error, string ErrorDescription);
