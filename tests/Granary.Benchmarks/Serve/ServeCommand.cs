using System.CommandLine;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Spectre.Console;

namespace Granary.Benchmarks.Serve;

/// <summary><c>bench serve</c>: a load on a running server, with the flags, definitions and keys of vLLM's command of that name.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var command = new Command("serve", "Put a load on a running server that speaks OpenAI's API, or on Granary's hub. GRANARY_KEY or OPENAI_API_KEY holds the key.");
        var (server, load, dataset, sampling, result) = (new ServerFlags(), new LoadFlags(), new DatasetFlags(), new SamplingFlags(), new ResultFlags());
        server.AddTo(command);
        load.AddTo(command);
        dataset.AddTo(command);
        sampling.AddTo(command);
        result.AddTo(command);
        RefusedFlags.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(result.Read(parsed, load.Read(parsed, server.Read(parsed, dataset.Read(parsed), sampling.Read(parsed)))), result.File(parsed), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ServeOptions options, ResultFile file, CancellationToken cancellationToken)
    {
        var key = new[] { "GRANARY_KEY", "OPENAI_API_KEY" }.Select(Environment.GetEnvironmentVariable).FirstOrDefault(set => !string.IsNullOrEmpty(set));
        if (options.Model.Length == 0)
        {
            options = options with { Model = await FirstModelAsync(options, key, cancellationToken) };
        }

        using IServeClient client = options.Backend == "granary-hub" ? new HubServeClient(options, key) : new OpenAiServeClient(options, key);
        var run = await ServeLoad.RunAsync(options, client, cancellationToken);
        var report = ServeReport.Create(options, run, TimeProvider.System.GetLocalNow());
        var table = new Table().AddColumn("figure").AddColumn(new TableColumn("value").RightAligned());
        foreach (var (name, value) in report.Where(figure => figure.Value is not null and (string or ValueType)))
        {
            table.AddRow(Markup.Escape(name), Markup.Escape(value is double number ? number.ToString("0.###", CultureInfo.InvariantCulture) : $"{value}"));
        }

        AnsiConsole.Write(table);
        if (Array.Find(run.Results, result => result.Error is not null) is { } failed)
        {
            AnsiConsole.MarkupLineInterpolated($"the first failure: {failed.Error}");
        }

        if (await file.WriteAsync(options, report, cancellationToken) is { } written)
        {
            AnsiConsole.MarkupLineInterpolated($"written to {written}");
        }

        return Array.Exists(run.Results, result => result.Error is null) ? 0 : 1;
    }

    private static async Task<string> FirstModelAsync(ServeOptions options, string? key, CancellationToken cancellationToken)
    {
        using var http = OpenAiServeClient.Client(options, key);
        var models = (await http.GetFromJsonAsync<JsonElement>(options.At("/v1/models"), cancellationToken)).GetProperty("data");
        return models.GetArrayLength() > 0 ? models[0].GetProperty("id").GetString()! : throw new InvalidOperationException("The server lists no model; name one with --model.");
    }
}
