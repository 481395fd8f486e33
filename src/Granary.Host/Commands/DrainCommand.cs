using System.CommandLine;

namespace Granary.Host.Commands;

/// <summary><c>granary drain</c>.</summary>
internal static class DrainCommand
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    public static Command Create()
    {
        var silo = new Argument<string>("silo") { Description = "Name of the silo, as 'cluster status' shows it." };
        var wait = new Option<bool>("--wait") { Description = "Return when the silo has left." };
        var url = GatewayUrl.Option();
        var command = new Command("drain", "Move what a silo runs to others and let it end, as SIGTERM does.") { silo, wait, url };
        command.SetAction((parsed, cancellationToken) => DrainAsync(GatewayUrl.Resolve(parsed.GetValue(url)), parsed.GetValue(silo)!, parsed.GetValue(wait), cancellationToken));
        return command;
    }

    private static async Task<int> DrainAsync(Uri gateway, string name, bool wait, CancellationToken cancellationToken)
    {
        using var cluster = new ClusterClient(gateway);
        var address = (await cluster.ReadAsync(cancellationToken)).Silos.FirstOrDefault(silo => silo.Name == name && silo.Status == "active")?.Address;
        await cluster.PostAsync($"admin/silos/{Uri.EscapeDataString(name)}/drain", cancellationToken);
        if (!wait)
        {
            System.Console.WriteLine($"{name} is being drained; 'cluster status' shows how far it is");
            return 0;
        }

        var begin = TimeProvider.System.GetTimestamp();
        while (await cluster.TryReadAsync(cancellationToken) is { } status && status.Silos.Any(silo => silo.Address == address))
        {
            await Task.Delay(Look, cancellationToken);
        }

        System.Console.WriteLine($"{name} has left after {TimeProvider.System.GetElapsedTime(begin).TotalSeconds:F1} s");
        return 0;
    }
}
