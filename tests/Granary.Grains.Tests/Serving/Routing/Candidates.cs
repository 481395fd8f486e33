using System.Globalization;
using Granary.Serving;

namespace Granary.Grains.Tests.Serving.Routing;

/// <summary>Candidates and requests for the policies' tests.</summary>
internal static class Candidates
{
    /// <summary>Replicas of eight slots, separated by bars; each has words <c>name distance running waiting [response-ms] [weight]</c>.</summary>
    public static RoutingCandidate[] Parse(string replicas) => [.. replicas.Split('|').Select(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(words => new RoutingCandidate(New(words[0], words.Length > 5 ? double.Parse(words[5], CultureInfo.InvariantCulture) : 0))
    {
        Distance = int.Parse(words[1], CultureInfo.InvariantCulture),
        Running = int.Parse(words[2], CultureInfo.InvariantCulture),
        Waiting = int.Parse(words[3], CultureInfo.InvariantCulture),
        ResponseTime = words.Length > 4 && words[4] != "-" ? TimeSpan.FromMilliseconds(double.Parse(words[4], CultureInfo.InvariantCulture)) : null,
    })];

    /// <summary>Idle replicas of those names.</summary>
    public static RoutingCandidate[] Idle(params IEnumerable<string> names) => [.. names.Select(name => new RoutingCandidate(New(name, 0)) { Distance = 2 })];

    /// <summary>A request with these messages.</summary>
    public static GenerateRequest Request(params string[] messages) => new()
    {
        RequestId = "r",
        Tenant = "tenant",
        Messages = [.. messages.Select((text, index) => new Granary.Models.ChatMessage(index % 2 == 0 ? Granary.Models.ChatRole.User : Granary.Models.ChatRole.Assistant, text))],
    };

    public static ReplicaDescriptor New(string name, double weight, int running = 0, int waiting = 0) => new()
    {
        Model = "m",
        Fingerprint = "f",
        ShardKey = name,
        Silo = name,
        Zone = "zone",
        MaxPositions = 1,
        Slots = 8,
        Weight = weight,
        Running = running,
        Waiting = waiting,
    };

    /// <summary>Name of the one that a policy chooses.</summary>
    public static string Choose(this IRoutingPolicy policy, GenerateRequest request, RoutingCandidate[] candidates) => policy.Choose(new RoutingContext(request, candidates)).Replica.Silo;
}
