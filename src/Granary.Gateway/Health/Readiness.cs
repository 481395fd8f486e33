using System.Text.Json.Serialization;

namespace Granary.Gateway.Health;

/// <summary>Whether this gateway can answer, and what is missing.</summary>
/// <param name="Status"><c>ready</c>, <c>starting</c>, <c>loading</c>, <c>stuck</c>, <c>draining</c>, <c>evacuated</c> or <c>stopping</c>.</param>
/// <param name="Message">The same as a sentence.</param>
/// <param name="Models">The models that this silo is to serve, each with its state.</param>
internal sealed record Readiness(string Status, string Message, IReadOnlyDictionary<string, string> Models)
{
    [JsonIgnore]
    public bool IsReady => Status == "ready";
}
