using Granary.Chaos.Clients;
using Granary.Chaos.Silos;

namespace Granary.Chaos.Faults;

/// <summary>Makes faults happen, and ends them.</summary>
internal sealed class FaultRunner(ChaosCluster cluster, IReadOnlyList<IStream> clients, int seed, Action<string> say)
{
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(150);

    /// <summary>The kinds that a cluster can have.</summary>
    public static IReadOnlyCollection<FaultKind> Possible(ChaosCluster cluster) =>
        [.. Enum.GetValues<FaultKind>().Where(kind => kind switch
        {
            FaultKind.CutSilos or FaultKind.SlowSilos or FaultKind.CutStore => cluster.Setup.HasNetwork,
            FaultKind.FillDisk => cluster.Disk is not null,
            FaultKind.KillRedis or FaultKind.RefuseWrites => cluster.Setup.Storage == "redis",
            _ => true,
        })];

    /// <summary>Runs a schedule; ends when its last fault has ended.</summary>
    public async Task RunAsync(IReadOnlyList<Fault> schedule, CancellationToken cancellationToken)
    {
        var begin = TimeProvider.System.GetTimestamp();
        var running = new List<Task>();
        foreach (var (index, fault) in schedule.Index())
        {
            var wait = fault.At - TimeProvider.System.GetElapsedTime(begin);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, cancellationToken);
            }

            say(fault.ToString());
            running.Add(RunAsync(fault, new Random(seed + index), cancellationToken));
        }

        await Task.WhenAll(running);
    }

    /// <summary>Makes one fault happen and ends it.</summary>
    public async Task RunAsync(Fault fault, Random random, CancellationToken cancellationToken)
    {
        var silos = fault.Targets.Select(name => cluster[name]).ToList();
        switch (fault.Kind)
        {
            case FaultKind.KillSilo or FaultKind.KillZone:
                silos.ForEach(silo => silo.IsHeld = true);
                silos.ForEach(silo => silo.Kill());
                await Task.Delay(fault.Lasts, cancellationToken);
                silos.ForEach(silo => silo.IsHeld = false);
                break;
            case FaultKind.PauseSilo:
                silos[0].Pause();
                await Task.Delay(fault.Lasts, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                silos[0].Resume();
                break;
            case FaultKind.KillRedis:
                await RestartAsync(cluster.Redis, fault.Lasts, cancellationToken);
                break;
            case FaultKind.KillPostgres:
                await RestartAsync(cluster.Postgres, fault.Lasts, cancellationToken);
                break;
            case FaultKind.RefuseWrites:
                var (refuse, allow) = random.Next(2) == 0
                    ? ("CONFIG SET min-replicas-to-write 1", "CONFIG SET min-replicas-to-write 0")
                    : ("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0");
                await cluster.TellRedisAsync(refuse, cancellationToken);
                await Task.Delay(fault.Lasts, cancellationToken);
                await cluster.TellRedisAsync(allow, cancellationToken);
                break;
            case FaultKind.CutSilos:
                cluster.Network.Cut(fault.Targets[0], fault.Targets[1]);
                await Task.Delay(fault.Lasts, cancellationToken);
                cluster.Network.Heal(fault.Targets[0], fault.Targets[1]);
                break;
            case FaultKind.SlowSilos:
                cluster.Network.Slow(fault.Targets[0], fault.Targets[1], Late);
                await Task.Delay(fault.Lasts, cancellationToken);
                cluster.Network.Heal(fault.Targets[0], fault.Targets[1]);
                break;
            case FaultKind.CutStore:
                cluster.Network.Cut(fault.Targets[0], cluster.Setup.Storage);
                await Task.Delay(fault.Lasts, cancellationToken);
                cluster.Network.Heal(fault.Targets[0], cluster.Setup.Storage);
                break;
            case FaultKind.FillDisk:
                cluster.Disk!.Fill();
                await Task.Delay(fault.Lasts, cancellationToken);
                cluster.Disk.Free();
                break;
            case FaultKind.VanishClients:
                foreach (var client in clients.Where(_ => random.Next(3) == 0))
                {
                    client.Vanish();
                }

                break;
        }
    }

    private static async Task RestartAsync(StoreServer store, TimeSpan away, CancellationToken cancellationToken)
    {
        store.Kill();
        await Task.Delay(away, cancellationToken);
        await store.StartAsync(cancellationToken);
    }
}
