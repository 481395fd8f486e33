using Granary.Completions;
using Granary.Serving;
using Granary.Sessions;
using Granary.Tenants;

namespace Granary.Gateway.Completions;

/// <summary>A completion wherever it is: on this silo it is reached without its grain.</summary>
/// <param name="key">Its grain's key.</param>
/// <param name="local">Those of this silo.</param>
/// <param name="grains">The others.</param>
internal sealed class ReachedCompletion(string key, ILocalCompletions local, IGrainFactory grains)
{
    private ICompletionGrain Grain => field ??= grains.GetGrain<ICompletionGrain>(key);

    /// <inheritdoc cref="ICompletionGrain.StartAsync"/>
    public Task<RateLimits?> StartAsync(string model, GenerateRequest request, bool isRepeated) =>
        !isRepeated && local.TryStart(key, model, request, out var accepted) ? accepted : Grain.StartAsync(model, request, isRepeated);

    /// <inheritdoc cref="ICompletionGrain.ReadAsync"/>
    public IAsyncEnumerable<TurnEvent> Read(int nextRecord, CancellationToken cancellationToken) =>
        local.Read(key, nextRecord, cancellationToken) ?? Grain.ReadAsync(nextRecord, cancellationToken);

    /// <inheritdoc cref="ICompletionGrain.GetModelAsync"/>
    public Task<string> GetModelAsync() => Grain.GetModelAsync();

    /// <inheritdoc cref="ICompletionGrain.StopAsync"/>
    public Task StopAsync() => local.TryStop(key, out var stopped) ? stopped : Grain.StopAsync();
}
