using System.Collections.Concurrent;
using Granary.Clustering;
using Microsoft.Extensions.Hosting;

namespace Granary.Gateway.Cluster;

/// <summary>
/// The cluster's gateways, for clients that lose theirs and for the pages of one that call another. A page outlives its gateway, so an origin is remembered for
/// <see cref="Memory"/> after its gateway was last seen.
/// </summary>
internal sealed class ClusterGateways(IGatewayDirectory directory, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Memory = TimeSpan.FromHours(24);
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, long> _seen = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Origins of the live ones, this one first.</summary>
    public IReadOnlyList<string> FindLive()
    {
        var live = directory.FindLive().Select(url => url.GetLeftPart(UriPartial.Authority)).ToArray();
        foreach (var origin in live)
            _seen[origin] = time.GetTimestamp();
        return live;
    }

    /// <summary>Whether pages of an origin are pages of this cluster.</summary>
    public bool IsOwn(string origin) =>
        _seen.TryGetValue(origin, out var at) && time.GetElapsedTime(at) < Memory;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            FindLive();
            foreach (var (origin, at) in _seen.Where(entry => time.GetElapsedTime(entry.Value) >= Memory))
                _seen.TryRemove(KeyValuePair.Create(origin, at));
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
