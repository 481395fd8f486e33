using System.Text.Json;

namespace Granary.Host.Local;

/// <summary>Reads the sentence out of a readiness answer.</summary>
internal static class ReadinessText
{
    public static string Of(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.TryGetProperty("message", out var message) ? message.GetString() ?? "starting" : "starting";
        }
        catch (JsonException)
        {
            return "starting";
        }
    }
}
