using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Granary.Host.Commands;

/// <summary><c>granary audit</c>.</summary>
internal static class AuditCommand
{
    private const int MostOfAPage = 1_000;

    public static Command Create()
    {
        var tenant = new Option<string?>("--tenant") { Description = "Whose changes. Default: yours." };
        var ofCluster = new Option<bool>("--cluster") { Description = "Those of silos, zones and models." };
        var take = new Option<int>("--take") { Description = "How many at most, the newest first.", DefaultValueFactory = _ => 100 };
        var json = new Option<bool>("--json") { Description = "Print JSON, with what was before and after." };
        var url = GatewayUrl.Option();
        var command = new Command("audit", "Who changed what.") { tenant, ofCluster, take, json, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = new ClusterClient(GatewayUrl.Resolve(parsed.GetValue(url)));
            var most = parsed.GetValue(take);
            var query = string.Create(CultureInfo.InvariantCulture, $"?take={Math.Min(most, MostOfAPage)}") + (parsed.GetValue(tenant) is { } whose ? $"&tenant={Uri.EscapeDataString(whose)}" : "");
            var entries = await cluster.ListAsync(parsed.GetValue(ofCluster) ? "admin/audit/cluster" : "admin/audit", query, most, cancellationToken);
            if (parsed.GetValue(json))
            {
                System.Console.WriteLine(JsonSerializer.Serialize(entries, IndentedJson.Options));
                return 0;
            }

            var table = new Table().AddColumns("when", "who", "what", "which");
            foreach (var entry in entries.Select(entry => entry.Deserialize<ListedEntry>(JsonSerializerOptions.Web)!))
            {
                string[] cells = [entry.At.ToString("u", CultureInfo.InvariantCulture), entry.Who, entry.What, entry.Target];
                table.AddRow([.. cells.Select(Markup.Escape)]);
            }

            AnsiConsole.Write(table);
            return 0;
        });
        return command;
    }

    private sealed record ListedEntry(DateTimeOffset At, string Who, string What, string Target);
}
