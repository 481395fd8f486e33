using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Granary.Cluster;
using Spectre.Console;

namespace Granary.Host.Commands;

/// <summary><c>granary cluster</c>, and its <c>status</c>.</summary>
internal static class ClusterCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var url = GatewayUrl.Option();
        var status = new Command("status", "Silos, zones, grains and models.") { json, url };
        status.SetAction((parsed, cancellationToken) => StatusAsync(GatewayUrl.Resolve(parsed.GetValue(url)), parsed.GetValue(json), cancellationToken));
        return new Command("cluster", "Look at the cluster.") { status, ClusterProfileCommand.Create(), ClusterRoutingCommand.Create() };
    }

    private static async Task<int> StatusAsync(Uri gateway, bool json, CancellationToken cancellationToken)
    {
        using var cluster = new ClusterClient(gateway);
        if (json)
        {
            System.Console.WriteLine(JsonSerializer.Serialize(await cluster.AskAsync(HttpMethod.Get, "api/cluster", null, cancellationToken), IndentedJson.Options));
        }
        else
        {
            Print(await cluster.ReadAsync(cancellationToken));
        }

        return 0;
    }

    private static void Print(ClusterStatus status)
    {
        var silos = new Table().Title("silos").AddColumns("silo", "zone", "status", "state", "sessions", "address", "gateway", "since");
        foreach (var silo in status.Silos)
        {
            silos.AddRow(Escaped(silo.Name, silo.Zone, silo.Status, silo.State, $"{silo.Sessions}", silo.Address, silo.GatewayUrl, silo.Since.ToString("u", CultureInfo.InvariantCulture)));
        }

        var models = new Table().Title("models").AddColumns("model", "silo", "zone", "running", "waiting");
        foreach (var replica in status.Models.SelectMany(model => model.Replicas))
        {
            models.AddRow(Escaped(replica.Model, replica.Silo, replica.Zone, $"{replica.Running}", $"{replica.Waiting}"));
        }

        var grains = new Table().Title("grains").AddColumn("type").AddColumn(new TableColumn("activations").RightAligned());
        foreach (var grain in status.Grains)
        {
            grains.AddRow(Escaped(grain.Type, $"{grain.Activations}"));
        }

        AnsiConsole.Write(silos);
        AnsiConsole.Write(models);
        AnsiConsole.Write(grains);
    }

    private static string[] Escaped(params string[] cells) => [.. cells.Select(Markup.Escape)];
}
