using System.Text.Json;
using Granary.Chaos.Ledgers;
using Granary.Chaos.Silos;

namespace Granary.Chaos.Runs;

/// <summary>What must be as it was when nobody streams any more: slots, queues, leases of the log and file handles.</summary>
internal sealed class Leaks
{
    // Connection pools and the runtime breathe.
    private const int HandleSlack = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly ChaosCluster _cluster;
    private readonly Dictionary<string, int> _before;

    private Leaks(ChaosCluster cluster)
    {
        _cluster = cluster;
        _before = cluster.Silos.ToDictionary(silo => silo.Name, silo => silo.CountHandles(), StringComparer.Ordinal);
    }

    /// <summary>Counts when the cluster is idle.</summary>
    public static async Task<Leaks> BeginAsync(ChaosCluster cluster, CancellationToken cancellationToken)
    {
        await WaitAsync(cluster, cancellationToken);
        return new Leaks(cluster);
    }

    /// <summary>Counts again when it is idle again; what never comes back is a leak.</summary>
    public async Task<IReadOnlyDictionary<string, (int Before, int After)>> EndAsync(StoredLog stored, Journal journal, CancellationToken cancellationToken)
    {
        if (await WaitAsync(_cluster, cancellationToken) is { Length: > 0 } busy)
        {
            journal.Differs("leak", "replicas", $"{Patience} after the last stream: {busy}");
        }

        if (await OpenTurnsAsync(stored, cancellationToken) is { Count: > 0 } open)
        {
            journal.Differs("leak", "token log", $"{Patience} after the last stream {open.Count} turns are open: {string.Join(", ", open.Take(5))}");
        }

        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var handles = _cluster.Silos.ToDictionary(silo => silo.Name, silo => (Before: _before[silo.Name], After: silo.CountHandles()), StringComparer.Ordinal);
            var leaking = handles.Where(silo => silo.Value.After > silo.Value.Before + HandleSlack).ToList();
            if (leaking.Count == 0)
            {
                return handles;
            }

            if (TimeProvider.System.GetElapsedTime(begin) > Patience)
            {
                leaking.ForEach(silo => journal.Differs("leak", silo.Key, $"{silo.Value.After} file handles, {silo.Value.Before} at the start"));
                return handles;
            }

            await Task.Delay(500, cancellationToken);
        }
    }

    private static async Task<IReadOnlyList<string>> OpenTurnsAsync(StoredLog stored, CancellationToken cancellationToken)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var open = await stored.ListOpenAsync(cancellationToken);
            if (open.Count == 0 || TimeProvider.System.GetElapsedTime(begin) > Patience)
            {
                return open;
            }

            await Task.Delay(250, cancellationToken);
        }
    }

    /// <returns>The replicas that are still busy at the end of patience.</returns>
    private static async Task<string> WaitAsync(ChaosCluster cluster, CancellationToken cancellationToken)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var status = await SiloHealth.StatusAsync(cluster.Silos[0].Url, cancellationToken);
            var busy = status is { } known ? Busy(known, cluster.Silos.Count) : "no status";
            if (busy.Length == 0 || TimeProvider.System.GetElapsedTime(begin) > Patience)
            {
                return busy;
            }

            await Task.Delay(250, cancellationToken);
        }
    }

    private static string Busy(JsonElement status, int silos)
    {
        var replicas = status.GetProperty("models").EnumerateArray().SelectMany(model => model.GetProperty("replicas").EnumerateArray()).ToList();
        var busy = replicas.Where(replica => replica.GetProperty("running").GetInt32() + replica.GetProperty("waiting").GetInt32() > 0)
            .Select(replica => $"{replica.GetProperty("silo").GetString()} has {replica.GetProperty("running").GetInt32()} running, {replica.GetProperty("waiting").GetInt32()} waiting");
        return string.Join("; ", replicas.Count < silos ? busy.Prepend($"{replicas.Count} of {silos} replicas") : busy);
    }
}
