using System.Text.Json.Serialization;

namespace Granary.Gateway.Health;

/// <summary>Whether this gateway can answer, and what is missing.</summary>
/// <param name="Status"><c>ready</c>, <c>starting</c>, <c>loading</c>, <c>stuck</c>, <c>draining</c>, <c>evacuated</c> or <c>stopping</c>.</param>
/// <param name="Message">The same as a sentence.</param>
/// <param name="Models">The models that this silo is to serve, each with its state.</param>
internal sealed record Readiness(string Status, string Message, IReadOnlyDictionary<string, string> Models)
{
    private static readonly Dictionary<string, string> Unnamed = [];

    [JsonIgnore]
    public bool IsReady => Status == "ready";

    /// <summary>The same without what there is here: who may not see the cluster's state is told no names of models.</summary>
    public Readiness ForStrangers() => this with { Message = $"The gateway is {Status}.", Models = Unnamed };
}
