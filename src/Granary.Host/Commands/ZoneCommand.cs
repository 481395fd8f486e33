using System.CommandLine;
using Granary.Cluster;

namespace Granary.Host.Commands;

/// <summary><c>granary zone</c>.</summary>
internal static class ZoneCommand
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    public static Command Create() => new("zone", "Empty a zone, or let it take work again.")
    {
        Evacuate(),
        Restore(),
    };

    private static Command Evacuate()
    {
        var zone = Zone();
        var wait = new Option<bool>("--wait") { Description = "Return when nothing runs in the zone any more." };
        var url = GatewayUrl.Option();
        var command = new Command("evacuate", "Move everything out of a zone. Its silos stay up and take nothing until 'zone restore', also after restarts.") { zone, wait, url };
        command.SetAction((parsed, cancellationToken) => EvacuateAsync(GatewayUrl.Resolve(parsed.GetValue(url)), parsed.GetValue(zone)!, parsed.GetValue(wait), cancellationToken));
        return command;
    }

    private static Command Restore()
    {
        var zone = Zone();
        var url = GatewayUrl.Option();
        var command = new Command("restore", "Let an evacuated zone take work again.") { zone, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = new ClusterClient(GatewayUrl.Resolve(parsed.GetValue(url)));
            await cluster.PostAsync($"admin/zones/{Uri.EscapeDataString(parsed.GetValue(zone)!)}/restore", cancellationToken);
            System.Console.WriteLine($"{parsed.GetValue(zone)} takes work again");
            return 0;
        });
        return command;
    }

    private static Argument<string> Zone() => new("zone") { Description = "Name of the zone, as 'cluster status' shows it." };

    private static async Task<int> EvacuateAsync(Uri gateway, string zone, bool wait, CancellationToken cancellationToken)
    {
        using var cluster = new ClusterClient(gateway);
        await cluster.PostAsync($"admin/zones/{Uri.EscapeDataString(zone)}/evacuate", cancellationToken);
        var begin = TimeProvider.System.GetTimestamp();
        while (wait && !IsEmpty(await cluster.ReadAsync(cancellationToken), zone))
        {
            await Task.Delay(Look, cancellationToken);
        }

        System.Console.WriteLine(wait ? $"{zone} is empty after {TimeProvider.System.GetElapsedTime(begin).TotalSeconds:F1} s" : $"{zone} is being evacuated; 'cluster status' shows how far it is");
        return 0;
    }

    private static bool IsEmpty(ClusterStatus status, string zone) =>
        status.Silos.Where(silo => silo.Zone == zone).All(silo => silo.Sessions == 0)
        && status.Models.SelectMany(model => model.Replicas).Where(replica => replica.Zone == zone).All(replica => replica.Running + replica.Waiting == 0);
}
