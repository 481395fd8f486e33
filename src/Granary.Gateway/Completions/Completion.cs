using Granary.Gateway.Following;
using Granary.Gateway.Telemetry.Replies;
using Granary.Sessions;
using Granary.Tenants;

namespace Granary.Gateway.Completions;

/// <summary>A generation without a conversation, which outlives gateways and silos.</summary>
/// <param name="id">Its id.</param>
/// <param name="model">Who answers.</param>
/// <param name="reached">The completion, wherever it is.</param>
/// <param name="follower">Reads it.</param>
internal sealed class Completion(CompletionId id, string model, ReachedCompletion reached, TurnFollower follower)
{
    /// <summary>Its id.</summary>
    public CompletionId Id { get; } = id;

    /// <summary>Who answers.</summary>
    public string Model { get; } = model;

    /// <summary>How far the tenant is from its limits, as it was at the start; <see langword="null"/> where it has none, or where the completion was found again.</summary>
    public RateLimits? Rates { get; init; }

    private WatchedReply? Reply { get; init; }

    /// <summary>The same, read under somebody's eyes.</summary>
    public Completion WatchedBy(WatchedReply reply) => new(Id, Model, reached, follower) { Rates = Rates, Reply = reply };

    /// <summary>All frames from the first on, with their record numbers. When nobody reads for some seconds, the generation stops.</summary>
    public async IAsyncEnumerable<TurnEvent> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var events = follower.FollowAsync(reached, Id.Choices, cancellationToken);
        await foreach (var item in Reply?.WatchAsync(events, cancellationToken) ?? events)
        {
            if (item.Frame is not null)
                yield return item;
        }
    }

    /// <summary>Stops it; nobody can want it any more.</summary>
    public Task StopAsync() => follower.CallAsync(reached.StopAsync, CancellationToken.None);
}
