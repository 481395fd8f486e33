using Granary.Shards;
using Microsoft.Extensions.Hosting;

namespace Granary.Profiles;

/// <summary>Measures the host once, then puts this silo's profile together every two seconds and looks at one other silo.</summary>
internal sealed class ProfileService(ProfileReader reader, LinkProbe links, LocalProfile profile, TimeProvider timeProvider) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            reader.Rates = await MachineRates.MeasureAsync(LocalEngines.PhysicalCores, timeProvider);
            using var timer = new PeriodicTimer(Period, timeProvider);
            do
            {
                profile.Current = reader.Read(links.Links);
                await links.TryNextAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }
}
