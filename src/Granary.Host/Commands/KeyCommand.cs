using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Granary.Host.Commands;

/// <summary><c>granary key</c>.</summary>
internal static class KeyCommand
{
    private static readonly string[] Roles = ["user", "tenant-admin", "operator"];
    private static readonly string[] Scopes = ["chat", "admin", "metrics"];

    public static Command Create() => new("key", "API keys: create, list, rotate, revoke. GRANARY_KEY holds the one to do it with, where the gateway asks for one.")
    {
        CreateKey(),
        List(),
        Rotate(),
        Revoke(),
    };

    private static Command CreateKey()
    {
        var name = new Argument<string>("name") { Description = "What to call it." };
        var tenant = new Option<string?>("--tenant") { Description = "Whose it is. Default: yours." };
        var role = new Option<string>("--role") { Description = "user, tenant-admin or operator.", DefaultValueFactory = _ => Roles[0] };
        role.AcceptOnlyFromAmong(Roles);
        var scopes = new Option<string[]?>("--scope") { Description = "chat, admin, metrics; may be repeated. Default: chat, for a tenant-admin also admin, for an operator all." };
        scopes.AcceptOnlyFromAmong(Scopes);
        var expires = Lifetime.Option("--expires", "When it ends, such as 12h or 90d. Default: when it is revoked.");
        var url = GatewayUrl.Option();
        var command = new Command("create", "Make a key and print it, this once.") { name, tenant, role, scopes, expires, url };
        command.SetAction((parsed, cancellationToken) =>
        {
            var names = parsed.GetValue(scopes) is { Length: > 0 } given ? given : null;
            return PrintNewAsync(parsed.GetValue(url), "admin/keys", new
            {
                tenant = parsed.GetValue(tenant),
                name = parsed.GetValue(name),
                role = parsed.GetValue(role),
                scopes = names,
                expiresInSeconds = Lifetime.Seconds(parsed.GetValue(expires)),
            }, cancellationToken);
        });
        return command;
    }

    private static Command Rotate()
    {
        var id = Id();
        var overlap = Lifetime.Option("--overlap", "How long the old key goes on, such as 0s, 12h or 7d. Default: 1d.");
        var expires = Lifetime.Option("--expires", "When the new key ends. Default: after as long as the old one had.");
        var url = GatewayUrl.Option();
        var command = new Command("rotate", "Make a key in place of another, which goes on for a while, and print it, this once.") { id, overlap, expires, url };
        command.SetAction((parsed, cancellationToken) => PrintNewAsync(
            parsed.GetValue(url),
            $"admin/keys/{Uri.EscapeDataString(parsed.GetValue(id)!)}/rotate",
            new { overlapSeconds = Lifetime.Seconds(parsed.GetValue(overlap)), expiresInSeconds = Lifetime.Seconds(parsed.GetValue(expires)) },
            cancellationToken));
        return command;
    }

    private static Command Revoke()
    {
        var id = Id();
        var url = GatewayUrl.Option();
        var command = new Command("revoke", "End a key, everywhere within a second.") { id, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = new ClusterClient(GatewayUrl.Resolve(parsed.GetValue(url)));
            await cluster.AskAsync(HttpMethod.Delete, $"admin/keys/{Uri.EscapeDataString(parsed.GetValue(id)!)}", null, cancellationToken);
            System.Console.WriteLine($"{parsed.GetValue(id)} is revoked");
            return 0;
        });
        return command;
    }

    private static Command List()
    {
        var tenant = new Option<string?>("--tenant") { Description = "Whose. Default: yours." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var url = GatewayUrl.Option();
        var command = new Command("list", "A tenant's keys, without their secrets.") { tenant, json, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = new ClusterClient(GatewayUrl.Resolve(parsed.GetValue(url)));
            var query = parsed.GetValue(tenant) is { } whose ? $"?tenant={Uri.EscapeDataString(whose)}" : "";
            var keys = await cluster.AskAsync(HttpMethod.Get, $"admin/keys{query}", null, cancellationToken);
            if (parsed.GetValue(json))
            {
                System.Console.WriteLine(JsonSerializer.Serialize(keys, IndentedJson.Options));
            }
            else
            {
                Print(keys.Deserialize<ListedKey[]>(JsonSerializerOptions.Web)!);
            }

            return 0;
        });
        return command;
    }

    private static Argument<string> Id() => new("id") { Description = "The key's id, as 'key list' shows it: what is between gr- and the next hyphen." };

    private static async Task<int> PrintNewAsync(Uri? url, string path, object body, CancellationToken cancellationToken)
    {
        using var cluster = new ClusterClient(GatewayUrl.Resolve(url));
        var made = await cluster.AskAsync(HttpMethod.Post, path, body, cancellationToken);
        await System.Console.Error.WriteLineAsync("shown this once:");
        System.Console.WriteLine(made.GetProperty("key").GetString());
        return 0;
    }

    private static void Print(ListedKey[] keys)
    {
        var table = new Table().AddColumns("id", "name", "role", "scopes", "created", "expires", "state");
        foreach (var key in keys)
        {
            string[] cells = [key.Id, key.Name, key.Role, string.Join(' ', key.Scopes), Time(key.CreatedAt), Time(key.ExpiresAt), key.State(TimeProvider.System.GetUtcNow())];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        AnsiConsole.Write(table);
    }

    private static string Time(DateTimeOffset? at) => at?.ToString("u", CultureInfo.InvariantCulture) ?? "";
}
