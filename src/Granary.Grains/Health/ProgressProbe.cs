using Granary.Storage;
using Granary.TokenLog;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Storage;

namespace Granary.Health;

/// <summary>
/// Looks every second whether what failed is back: a silo that is not ready gets no work that could find it out.
/// </summary>
internal sealed class ProgressProbe(
    LocalProgress progress, ITokenLog log, [FromKeyedServices(GrainStores.Sessions)] IGrainStorage storage, TimeProvider timeProvider) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly GrainId Nobody = GrainId.Create("health", "probe");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (progress.Log is { IsFailing: true, Waiting: 0 })
                {
                    await TryAsync(() => log.ReadAsync(new TurnKey(Nobody.ToString(), 0), stoppingToken));
                }

                if (progress.Store is { IsFailing: true, Waiting: 0 })
                {
                    await TryAsync(() => storage.ReadStateAsync("probe", Nobody, new GrainState<ProbeState>()));
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    // Both note the outcome themselves.
    private static async Task TryAsync(Func<Task> attempt)
    {
        try
        {
            await attempt();
        }
        catch (Errors.GranaryException)
        {
        }
    }
}
