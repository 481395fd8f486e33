using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Granary.Tenants;
using Spectre.Console;

namespace Granary.Host.Commands;

/// <summary><c>granary tenant</c>.</summary>
internal static class TenantCommand
{
    public static Command Create() => new("tenant", "A tenant's limits, and what it has used.")
    {
        List(),
        Show(),
        Limits(),
        Usage(),
        Models(),
        TenantWebhookCommand.Create(),
    };

    private static Command List()
    {
        var url = GatewayUrl.Option();
        var skip = new Option<int>("--skip") { Description = "Tenants to pass over; a hundred are shown." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("list", "The tenants: all for an operator, its own for a tenant's administrator.") { skip, json, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = new ClusterClient(GatewayUrl.Resolve(parsed.GetValue(url)));
            var answer = await cluster.AskTextAsync(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"admin/tenants?skip={parsed.GetValue(skip)}"), null, cancellationToken);
            if (parsed.GetValue(json))
            {
                System.Console.WriteLine(Indented(answer));
                return 0;
            }

            var list = JsonSerializer.Deserialize<JsonElement>(answer);
            var table = new Table().AddColumns("tenant", "tokens today", "of", "streams", "webhook");
            foreach (var status in list.GetProperty("tenants").Deserialize<TenantStatus[]>(IndentedJson.Options)!)
            {
                string[] cells = [status.Tenant, Text(status.DayTokens), status.Limits.TokensPerDay is { } limit ? Text(limit) : "", Text(status.Streams), status.Webhook?.Url ?? ""];
                table.AddRow([.. cells.Select(Markup.Escape)]);
            }

            AnsiConsole.Write(table);
            System.Console.WriteLine($"{list.GetProperty("total").GetInt32()} in all");
            return 0;

            static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
        });
        return command;
    }

    private static Command Show()
    {
        var (tenant, url) = (Tenant(), GatewayUrl.Option());
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("show", "Show a tenant's limits and how far it is from them.") { tenant, json, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = new ClusterClient(GatewayUrl.Resolve(parsed.GetValue(url)));
            Print(await cluster.AskTextAsync(HttpMethod.Get, Path(parsed.GetValue(tenant)!), null, cancellationToken), parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    private static Command Limits()
    {
        var (tenant, url) = (Tenant(), GatewayUrl.Option());
        var requests = Number("--requests-per-minute", "Requests in any 60 seconds.");
        var tokens = Number("--tokens-per-minute", "Tokens, prompt and output, in any 60 seconds.");
        var streams = Number("--concurrent-streams", "Turns at a time.");
        var day = Number("--tokens-per-day", "Tokens a day, UTC.");
        var month = Number("--tokens-per-month", "Tokens a calendar month, UTC.");
        var context = new Option<int?>("--max-context") { Description = "Tokens of one request, prompt and output together." };
        var output = new Option<int?>("--max-output") { Description = "Tokens of one output." };
        var models = new Option<string[]>("--model") { Description = "A model that may be used; all may be where none is named." };
        var weight = new Option<double>("--weight") { Description = "Share of a busy engine relative to other tenants'.", DefaultValueFactory = _ => 1 };
        var clear = new Option<bool>("--clear") { Description = "Take the tenant's own limits away: those of the configuration hold." };
        var command = new Command("limits", "Set a tenant's limits: these, and no others. They hold everywhere within a second.") { tenant, requests, tokens, streams, day, month, context, output, models, weight, clear, url };
        Option[] limited = [requests, tokens, streams, day, month, context, output, models, weight];
        command.Validators.Add(result =>
        {
            // Without any it would take all limits away, which nobody means who types no more than this.
            if (limited.Any(option => result.GetResult(option) is { Implicit: false }) == result.GetValue(clear))
            {
                result.AddError("name the limits that hold from now on, or --clear alone");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = new ClusterClient(GatewayUrl.Resolve(parsed.GetValue(url)));
            var limits = new TenantLimits
            {
                RequestsPerMinute = parsed.GetValue(requests),
                TokensPerMinute = parsed.GetValue(tokens),
                ConcurrentStreams = parsed.GetValue(streams),
                TokensPerDay = parsed.GetValue(day),
                TokensPerMonth = parsed.GetValue(month),
                MaxContextTokens = parsed.GetValue(context),
                MaxOutputTokens = parsed.GetValue(output),
                AllowedModels = parsed.GetValue(models) is { Length: > 0 } names ? names : null,
                Weight = parsed.GetValue(weight),
            };
            var path = $"{Path(parsed.GetValue(tenant)!)}/limits";
            Print(
                parsed.GetValue(clear)
                    ? await cluster.AskTextAsync(HttpMethod.Delete, path, null, cancellationToken)
                    : await cluster.AskTextAsync(HttpMethod.Put, path, limits, cancellationToken),
                asJson: false);
            return 0;
        });
        return command;
    }

    private static Command Usage()
    {
        var (tenant, url) = (Tenant(), GatewayUrl.Option());
        var from = new Option<string?>("--from") { Description = "First day, yyyy-MM-dd; default 30 days before the last." };
        var to = new Option<string?>("--to") { Description = "Last day; default today, UTC." };
        var csv = new Option<bool>("--csv") { Description = "Print CSV instead of JSON." };
        var command = new Command("usage", "What a tenant has used, by day, key and model.") { tenant, from, to, csv, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = new ClusterClient(GatewayUrl.Resolve(parsed.GetValue(url)));
            var path = $"admin/usage?tenant={Uri.EscapeDataString(parsed.GetValue(tenant)!)}&format={(parsed.GetValue(csv) ? "csv" : "json")}"
                + (parsed.GetValue(from) is { } first ? $"&from={Uri.EscapeDataString(first)}" : "") + (parsed.GetValue(to) is { } last ? $"&to={Uri.EscapeDataString(last)}" : "");
            var answer = await cluster.AskTextAsync(HttpMethod.Get, path, null, cancellationToken);
            System.Console.Write(parsed.GetValue(csv) ? answer : Indented(answer) + "\n");
            return 0;
        });
        return command;
    }

    private static Command Models()
    {
        var (tenant, url) = (Tenant(), GatewayUrl.Option());
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("models", "The models that are served, and whether the tenant may use them.") { tenant, json, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = new ClusterClient(GatewayUrl.Resolve(parsed.GetValue(url)));
            var answer = await cluster.AskTextAsync(HttpMethod.Get, $"admin/models?tenant={Uri.EscapeDataString(parsed.GetValue(tenant)!)}", null, cancellationToken);
            if (parsed.GetValue(json))
            {
                System.Console.WriteLine(Indented(answer));
                return 0;
            }

            var table = new Table().AddColumns("model", "context", "replicas", "allowed");
            foreach (var model in JsonSerializer.Deserialize<TenantsModel[]>(answer, JsonSerializerOptions.Web)!)
            {
                table.AddRow(Markup.Escape(model.Name), $"{model.MaxPositions}", $"{model.Replicas}", model.IsAllowed ? "yes" : "no");
            }

            AnsiConsole.Write(table);
            return 0;
        });
        return command;
    }

    internal static Argument<string> Tenant() => new("tenant") { Description = "Its id; 'local' is who needs no key.", DefaultValueFactory = _ => "local" };

    private static Option<long?> Number(string name, string what) => new(name) { Description = what };

    internal static string Path(string tenant) => $"admin/tenants/{Uri.EscapeDataString(tenant)}";

    private static string Indented(string json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document.RootElement, IndentedJson.Options);
    }

    private static void Print(string answer, bool asJson)
    {
        if (asJson)
        {
            System.Console.WriteLine(Indented(answer));
            return;
        }

        var status = JsonSerializer.Deserialize<TenantStatus>(answer, IndentedJson.Options)!;
        var limits = status.Limits;
        var table = new Table().AddColumns(status.Tenant, "limit", "counts now");
        Row("requests a minute", limits.RequestsPerMinute, status.Requests);
        Row("tokens a minute", limits.TokensPerMinute, status.Tokens);
        Row("tokens a day", limits.TokensPerDay, status.DayTokens);
        Row("tokens a month", limits.TokensPerMonth, status.MonthTokens);
        Row("streams", limits.ConcurrentStreams, status.Streams);
        Row("context of a request", limits.MaxContextTokens, null);
        Row("output", limits.MaxOutputTokens, null);
        table.AddRow("models", Markup.Escape(limits.AllowedModels is { } models ? string.Join(", ", models) : "all"), "");
        table.AddRow("weight", limits.Weight.ToString(CultureInfo.InvariantCulture), "");
        AnsiConsole.Write(table);
        if (status.Webhook is { } webhook)
        {
            System.Console.WriteLine($"Alerts go to {webhook.Url}; {webhook.Waiting} wait{(webhook.Failure is { } failure ? $" ({failure})" : "")}.");
        }

        System.Console.WriteLine(status.HasOwnLimits ? "These limits are its own." : "These limits are the configuration's.");

        void Row(string name, long? limit, long? now) =>
            table.AddRow(name, limit?.ToString("N0", CultureInfo.InvariantCulture) ?? "none", now?.ToString("N0", CultureInfo.InvariantCulture) ?? "");
    }

    private sealed record TenantsModel(string Name, int MaxPositions, int Replicas, bool IsAllowed);
}
