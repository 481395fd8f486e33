using Granary.Errors;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Granary.Shards;

/// <summary>The door to a model's experts on this silo; they compute on threads of their own.</summary>
[GrainType("experts")]
[PinnedToSilo, KeepAlive, Reentrant]
internal sealed class ExpertGrain(LocalExperts experts, IOptions<ExpertsOptions> options) : Grain, IExpertGrain
{
    private string? _model;

    private string Model => _model ??= ShardKey.TryParse(this.GetPrimaryKeyString(), out var key) ? key.Value.Model : throw new InvalidOperationException($"'{this.GetPrimaryKeyString()}' is no key of experts.");

    public Task<ExpertReply> RunAsync(ExpertBatch batch)
    {
        var set = experts.Find(Model) ?? throw new GranaryException(ErrorCode.Unavailable, $"No experts of '{Model}' are here. Try again.");
        return set.Waiting < options.Value.MaxQueued
            ? set.RunAsync(batch)
            : throw new GranaryException(ErrorCode.Overloaded, $"{options.Value.MaxQueued} batches for experts of '{Model}' wait here already. Try again.");
    }
}
