using System.Diagnostics;
using Granary.Gateway.Completions;
using Granary.Gateway.Telemetry.Replies;
using Granary.Sessions;
using Granary.Tenants;

namespace Granary.Gateway.OpenAi;

/// <summary>A completion on its way to one reader: begun now, begun before or kept. Disposed when the reader is done with it.</summary>
/// <param name="id">The completion's id.</param>
/// <param name="model">Who answers.</param>
/// <param name="rates">How far the tenant is from its limits, where that is known.</param>
/// <param name="reply">What telemetry sees of it.</param>
internal abstract class CompletionAnswer(CompletionId id, string model, RateLimits? rates, WatchedReply reply) : IAsyncDisposable
{
    /// <summary>The completion's id.</summary>
    public CompletionId Id { get; } = id;

    /// <summary>Who answers.</summary>
    public string Model { get; } = model;

    /// <summary>How far the tenant is from its limits; <see langword="null"/> where it has none, or where the completion was begun before.</summary>
    public RateLimits? Rates { get; } = rates;

    /// <summary>Its span; <see langword="null"/> where nobody traces it.</summary>
    public Activity? Span => Reply.Span;

    /// <summary>Whether it is a kept answer.</summary>
    public virtual bool IsKept => false;

    /// <summary>Whether it answers a request that came before.</summary>
    public virtual bool IsRepeated => false;

    /// <summary>All frames, from the first.</summary>
    public abstract IAsyncEnumerable<TurnEvent> ReadAsync(CancellationToken cancellationToken);

    /// <summary>The reader has had all of it.</summary>
    public virtual void Complete()
    {
    }

    /// <summary>The reader does not want it any more. What others may ask for again goes on.</summary>
    public virtual Task StopAsync() => Task.CompletedTask;

    public abstract ValueTask DisposeAsync();

    /// <summary>What telemetry sees of it.</summary>
    protected WatchedReply Reply { get; } = reply;
}
