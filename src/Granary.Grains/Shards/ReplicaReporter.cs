using Granary.Serving;
using Microsoft.Extensions.Logging;

namespace Granary.Shards;

/// <summary>Tells model grains what this silo serves.</summary>
internal sealed partial class ReplicaReporter(LocalModels models, IGrainFactory grains, ILogger<ReplicaReporter> logger)
{
    /// <summary>An engine that is stuck is withdrawn: a replica that makes no progress is none.</summary>
    public Task ReportAsync(LocalModel model)
    {
        var replica = models.Describe(model);
        return TellAsync(model, grain => model.Engine.Status.IsStuck ? grain.WithdrawAsync(replica.ShardKey) : grain.ReportAsync(replica));
    }

    public Task WithdrawAsync(LocalModel model) => TellAsync(model, grain => grain.WithdrawAsync(models.Describe(model).ShardKey));

    private async Task TellAsync(LocalModel model, Func<IModelGrain, Task> tell)
    {
        try
        {
            await tell(grains.GetGrain<IModelGrain>(model.Manifest.Name));
        }
        catch (Exception exception)
        {
            // The next heartbeat repeats it; a silo that is leaving is dropped when its reports end.
            LogNotReported(exception, model.Manifest.Name);
        }
    }

    [LoggerMessage(2203, LogLevel.Warning, "Model {Model} could not be reported; the next heartbeat repeats it")]
    private partial void LogNotReported(Exception exception, string model);
}
