using Granary.Clustering;
using Granary.Health;
using Granary.Shards;
using Microsoft.Extensions.Hosting;

namespace Granary.Gateway.Health;

/// <summary>Ready is a silo that runs, has all its models loaded, and whose engines, token log and store make progress.</summary>
internal sealed class ReadinessCheck(IHostApplicationLifetime lifetime, IModelServing serving, ISiloDrain drain, ILocalProgress progress)
{
    public Readiness Check()
    {
        var models = serving.Models;
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return new("stopping", "The silo is stopping.", models);
        if (!lifetime.ApplicationStarted.IsCancellationRequested)
            return new("starting", "The silo is joining the cluster.", models);
        if (drain.IsLeaving)
            return new("draining", "The silo takes nothing new, moves what it runs, and ends.", models);
        if (drain.IsDraining)
            return new("evacuated", "The silo's zone is evacuated.", models);

        string[] Of(string state) => [.. models.Where(model => model.Value == state).Select(model => model.Key)];
        string[] stuck = [.. Of("stuck"), .. progress.Stalled];
        if (stuck.Length > 0)
            return new("stuck", $"No progress on {string.Join(", ", stuck)} though work waits.", models);
        if (Of("loading") is { Length: > 0 } loading)
            return new("loading", $"Loading {string.Join(", ", loading)} ({models.Count - loading.Length} of {models.Count} loaded).", models);
        return serving.IsReady
            ? new("ready", models.Count == 0 ? "Ready, without models of its own." : $"Ready, serving {string.Join(", ", models.Keys)}.", models)
            : new("loading", "The models are not ready.", models);
    }
}
