using Granary.TokenLog.Stores;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.TokenLog;

/// <summary>Removes turns whose time is over, every minute. All silos do; it costs little where there is nothing to remove.</summary>
internal sealed partial class TokenLogHousekeeping(ITokenLogStore store, TimeProvider timeProvider, ILogger<TokenLogHousekeeping> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await ExpireAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task ExpireAsync(CancellationToken stoppingToken)
    {
        try
        {
            await store.ExpireAsync(stoppingToken);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogNotExpired(exception);
        }
    }

    [LoggerMessage(2404, LogLevel.Warning, "Turns whose time is over could not be removed; the next minute tries again")]
    private partial void LogNotExpired(Exception exception);
}
