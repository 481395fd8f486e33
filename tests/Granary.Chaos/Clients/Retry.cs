namespace Granary.Chaos.Clients;

/// <summary>Codes after which the same call can succeed later.</summary>
internal static class Retry
{
    public static bool Is(string code) => code is "unavailable" or "store_unavailable" or "overloaded" or "session_busy";
}
