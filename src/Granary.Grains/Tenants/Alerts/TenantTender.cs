using Granary.Serving;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Tenants;

/// <summary>Sees to it that tenants whose silo has gone live on elsewhere while an alert of theirs waits.</summary>
internal sealed partial class TenantTender(IGrainFactory grains, TimeProvider time, ILogger<TenantTender> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TenantDirectoryGrain.TendPeriod, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TendAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TendAsync(CancellationToken cancellationToken)
    {
        try
        {
            await grains.GetGrain<ITenantDirectoryGrain>(ITenantDirectoryGrain.Key).TendAsync().WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotTended(GrainErrors.Translate(exception).Message);
        }
    }

    [LoggerMessage(2620, LogLevel.Debug, "Tenants with webhooks could not be looked after; the next round tries again ({Reason})")]
    private partial void LogNotTended(string reason);
}
