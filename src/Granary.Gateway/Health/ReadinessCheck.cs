using Granary.Shards;
using Microsoft.Extensions.Hosting;

namespace Granary.Gateway.Health;

/// <summary>Ready is a silo that runs, has all its models loaded, and whose engines make progress.</summary>
internal sealed class ReadinessCheck(IHostApplicationLifetime lifetime, IModelServing serving)
{
    public Readiness Check()
    {
        var models = serving.Models;
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return new("stopping", "The silo is stopping.", models);
        if (!lifetime.ApplicationStarted.IsCancellationRequested)
            return new("starting", "The silo is joining the cluster.", models);

        string[] Of(string state) => [.. models.Where(model => model.Value == state).Select(model => model.Key)];
        if (Of("stuck") is { Length: > 0 } stuck)
            return new("stuck", $"No progress on {string.Join(", ", stuck)} though work waits.", models);
        if (Of("loading") is { Length: > 0 } loading)
            return new("loading", $"Loading {string.Join(", ", loading)} ({models.Count - loading.Length} of {models.Count} loaded).", models);
        return serving.IsReady
            ? new("ready", models.Count == 0 ? "Ready, without models of its own." : $"Ready, serving {string.Join(", ", models.Keys)}.", models)
            : new("loading", "The models are not ready.", models);
    }
}
