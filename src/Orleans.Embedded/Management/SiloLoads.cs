using System.Collections.Concurrent;

namespace Orleans.Runtime.Management;

/// <summary>How busy the silos are: asked every second.</summary>
internal sealed class SiloLoads(SiloRuntime silo) : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly SiloLoad Unknown = new(0, 0, 0);

    private readonly ConcurrentDictionary<SiloAddress, SiloLoad> _loads = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;
    private (long Timestamp, TimeSpan Used) _last = (silo.Time.GetTimestamp(), Environment.CpuUsage.TotalTime);
    private double _cpuUsage;

    public SiloLoad Local => new(silo.Catalog.Count, _cpuUsage, MemoryUsage());

    public void Start() => _loop = CleanContext.Run(this, static loads => Task.Run(loads.LoopAsync));

    public SiloLoad Of(SiloAddress address) => address.Equals(silo.Address) ? Local : _loads.GetValueOrDefault(address, Unknown);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static double MemoryUsage()
    {
        var info = GC.GetGCMemoryInfo();
        return info.TotalAvailableMemoryBytes == 0 ? 0 : Math.Clamp((double)info.MemoryLoadBytes / info.TotalAvailableMemoryBytes, 0, 1);
    }

    private async Task LoopAsync()
    {
        using var timer = new PeriodicTimer(Period, silo.Time);
        while (await timer.WaitForNextTickAsync(_stopping.Token))
        {
            var used = Environment.CpuUsage.TotalTime;
            _cpuUsage = Math.Clamp((used - _last.Used) / silo.Time.GetElapsedTime(_last.Timestamp) / Environment.ProcessorCount, 0, 1);
            _last = (silo.Time.GetTimestamp(), used);
            foreach (var gone in _loads.Keys.Where(silo.Membership.Current.IsGone))
            {
                _loads.TryRemove(gone, out _);
            }

            await Task.WhenAll(silo.Membership.Current.ActiveSilos.Where(other => !other.Equals(silo.Address)).Select(AskAsync));
        }
    }

    private async Task AskAsync(SiloAddress other)
    {
        try
        {
            _loads[other] = await silo.SystemTargets.Get<ISiloControl>(other).GetLoadAsync().WaitAsync(Period, silo.Time, _stopping.Token);
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            // Its last answer stands.
        }
    }
}
