namespace Granary.Host.Chat;

/// <summary>A refusal of the hub: a stable code and a sentence.</summary>
internal sealed class HubException(string code, string message, Exception? innerException = null) : Exception(message, innerException)
{
    public string Code { get; } = code;

    /// <summary>Whether the connection ended, rather than the hub refused: what was under way can go on at another gateway.</summary>
    public bool IsConnectionLost { get; private init; }

    /// <summary>The connection ended.</summary>
    public static HubException ConnectionLost(Exception? reason) =>
        new("unavailable", "the connection to the gateway ended", reason) { IsConnectionLost = true };

    /// <summary>Reads <c>code: sentence</c>, which SignalR may wrap in a sentence of its own ending in "HubException: ".</summary>
    public static HubException Parse(string error)
    {
        const string Marker = "HubException: ";
        var text = error.Contains(Marker, StringComparison.Ordinal) ? error[(error.IndexOf(Marker, StringComparison.Ordinal) + Marker.Length)..] : error;
        var colon = text.IndexOf(": ", StringComparison.Ordinal);
        return colon > 0 && !text.AsSpan(0, colon).Contains(' ')
            ? new HubException(text[..colon], text[(colon + 2)..])
            : new HubException("internal_error", text);
    }
}
