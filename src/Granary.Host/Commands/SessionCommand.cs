using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Granary.Host.Commands;

/// <summary><c>granary session</c>.</summary>
internal static class SessionCommand
{
    private const int MostOfAPage = 500;

    public static Command Create() => new("session", "A tenant's conversations: which there are, not what was said in them.") { List(), Delete() };

    private static Command List()
    {
        var (tenant, url) = (Tenant(), GatewayUrl.Option());
        var take = new Option<int>("--take") { Description = "How many at most, the newest first.", DefaultValueFactory = _ => 100 };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("list", "The conversations, the newest first.") { tenant, take, json, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = new ClusterClient(GatewayUrl.Resolve(parsed.GetValue(url)));
            var most = parsed.GetValue(take);
            var query = string.Create(CultureInfo.InvariantCulture, $"?take={Math.Min(most, MostOfAPage)}") + (parsed.GetValue(tenant) is { } whose ? $"&tenant={Uri.EscapeDataString(whose)}" : "");
            var sessions = await cluster.ListAsync("admin/sessions", query, most, cancellationToken);
            if (parsed.GetValue(json))
            {
                System.Console.WriteLine(JsonSerializer.Serialize(sessions, IndentedJson.Options));
                return 0;
            }

            var table = new Table().AddColumns("id", "user", "model", "turns", "begun", "last said");
            foreach (var session in sessions.Select(session => session.Deserialize<ListedSession>(JsonSerializerOptions.Web)!))
            {
                string[] cells = [session.Id, session.User ?? "", session.Model, $"{session.Turns}", Time(session.CreatedAt), Time(session.UpdatedAt)];
                table.AddRow([.. cells.Select(Markup.Escape)]);
            }

            AnsiConsole.Write(table);
            return 0;
        });
        return command;
    }

    private static Command Delete()
    {
        var id = new Argument<string>("id") { Description = "As 'session list' shows it." };
        var (tenant, url) = (Tenant(), GatewayUrl.Option());
        var user = new Option<string?>("--user") { Description = "The provider's user whose it is, as 'session list' shows him." };
        var command = new Command("delete", "End the reply that runs and forget a conversation.") { id, tenant, user, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = new ClusterClient(GatewayUrl.Resolve(parsed.GetValue(url)));
            string[] query = [.. new[] { ("tenant", parsed.GetValue(tenant)), ("user", parsed.GetValue(user)) }.Where(part => part.Item2 is not null).Select(part => $"{part.Item1}={Uri.EscapeDataString(part.Item2!)}")];
            await cluster.AskAsync(HttpMethod.Delete, $"admin/sessions/{Uri.EscapeDataString(parsed.GetValue(id)!)}?{string.Join('&', query)}", null, cancellationToken);
            System.Console.WriteLine($"{parsed.GetValue(id)} is forgotten");
            return 0;
        });
        return command;
    }

    private static Option<string?> Tenant() => new("--tenant") { Description = "Whose. Default: yours." };

    private static string Time(DateTimeOffset at) => at.ToString("u", CultureInfo.InvariantCulture);

    private sealed record ListedSession(string Id, string? User, string Model, int Turns, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);
}
