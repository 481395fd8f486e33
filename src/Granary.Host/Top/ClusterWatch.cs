using Granary.Cluster;
using Granary.Host.Commands;

namespace Granary.Host.Top;

/// <summary>Asks a gateway which silos there are, and each of them for its figures.</summary>
internal sealed class ClusterWatch(ClusterClient cluster, TimeProvider time)
{
    /// <exception cref="CommandException">No gateway answers, or the key is not good for this.</exception>
    public async Task<ClusterFigures> LookAsync(CancellationToken cancellationToken)
    {
        var status = await cluster.ReadAsync(cancellationToken);
        var live = status.Silos.Where(static silo => silo.Status == "active").OrderBy(static silo => silo.Zone, StringComparer.Ordinal).ThenBy(static silo => silo.Name, StringComparer.Ordinal);
        var at = time.GetTimestamp();
        return new ClusterFigures(at, await Task.WhenAll(live.Select(silo => AskAsync(silo, cancellationToken))));
    }

    private async Task<(string Name, string Zone, string State, SiloFigures? Figures)> AskAsync(SiloInfo silo, CancellationToken cancellationToken)
    {
        var text = await cluster.TryReadMetricsAsync(silo, cancellationToken);
        return (silo.Name, silo.Zone, silo.State, text is null ? null : SiloFigures.From(silo, new MetricsReader(text)));
    }
}
