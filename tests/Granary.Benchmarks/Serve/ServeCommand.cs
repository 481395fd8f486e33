using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Granary.Benchmarks.Serve;

/// <summary><c>bench serve</c>: a load on a running server, with the flags, definitions and keys of vLLM's command of that name.</summary>
internal static class ServeCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create()
    {
        var backend = new Option<string>("--backend") { Description = "openai-chat, openai (older completions) or granary-hub (SignalR).", DefaultValueFactory = _ => "openai-chat" };
        backend.AcceptOnlyFromAmong("openai-chat", "openai", "granary-hub");
        var url = new Option<Uri>("--base-url") { Description = "The server.", DefaultValueFactory = _ => new Uri("http://127.0.0.1:5080"), CustomParser = Server };
        var model = new Option<string>("--model") { Description = "The model's name there.", Required = true };
        var prompts = new Option<int>("--num-prompts") { Description = "Requests in all.", DefaultValueFactory = _ => 1000 };
        var rate = new Option<double>("--request-rate") { Description = "Requests a second; inf: all at once.", DefaultValueFactory = _ => double.PositiveInfinity, CustomParser = Rate };
        var burstiness = new Option<double>("--burstiness") { Description = "1: Poisson arrivals; less: burstier; more: steadier.", DefaultValueFactory = _ => 1 };
        var concurrency = new Option<int?>("--max-concurrency") { Description = "Most requests at a time." };
        var dataset = new Option<string>("--dataset-name") { Description = "random, sharegpt or sonnet.", DefaultValueFactory = _ => "random" };
        dataset.AcceptOnlyFromAmong("random", "sharegpt", "sonnet");
        var path = new Option<FileInfo>("--dataset-path") { Description = "File of sharegpt (JSON) or sonnet (lines)." };
        path.AcceptExistingOnly();
        var input = new Option<int>("--random-input-len") { Description = "Words of a random prompt, about as many tokens.", DefaultValueFactory = _ => 1024 };
        var output = new Option<int>("--random-output-len") { Description = "Most tokens of a reply.", DefaultValueFactory = _ => 128 };
        var eos = new Option<bool>("--ignore-eos") { Description = "Replies go on to their limit." };
        var seed = new Option<int>("--seed") { Description = "Of prompts and arrivals." };
        var metrics = new Option<string>("--percentile-metrics") { Description = "Of ttft, tpot, itl, e2el, with commas.", DefaultValueFactory = _ => string.Join(',', ServeReport.Metrics) };
        var percentiles = new Option<string>("--metric-percentiles") { Description = "Percentiles, with commas.", DefaultValueFactory = _ => "50,90,95,99" };
        var goodput = new Option<string[]>("--goodput") { Description = "What a good request takes at most, in ms: ttft:200 tpot:50 e2el:5000.", AllowMultipleArgumentsPerToken = true };
        var json = new Option<FileInfo?>("--result-filename", "--json") { Description = "Write the figures to this file as JSON." };
        var command = new Command("serve", "Put a load on a running server that speaks OpenAI's API, or on Granary's hub. GRANARY_KEY holds the key.")
        {
            backend, url, model, prompts, rate, burstiness, concurrency, dataset, path, input, output, eos, seed, metrics, percentiles, goodput, json,
        };
        command.Validators.Add(result =>
        {
            // Before defaults are filled in: what was not given is null here.
            if (result.GetValue(dataset) is not (null or "random") && result.GetValue(path) is null)
            {
                result.AddError("--dataset-name sharegpt and sonnet need --dataset-path");
            }

            if (result.GetValue(metrics)?.Split(',').All(ServeReport.Metrics.Contains) == false)
            {
                result.AddError($"--percentile-metrics takes {string.Join(", ", ServeReport.Metrics)}");
            }

            if (result.GetValue(percentiles)?.Split(',').All(text => IsNumber(text, 100)) == false)
            {
                result.AddError("--metric-percentiles takes numbers from 0 to 100");
            }

            if (!(result.GetValue(goodput) ?? []).All(IsGoal))
            {
                result.AddError("--goodput takes goals such as ttft:200, in milliseconds");
            }
        });
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new ServeOptions
            {
                Backend = parsed.GetValue(backend)!,
                BaseUrl = parsed.GetValue(url)!,
                Model = parsed.GetValue(model)!,
                NumPrompts = parsed.GetValue(prompts),
                RequestRate = parsed.GetValue(rate),
                Burstiness = parsed.GetValue(burstiness),
                MaxConcurrency = parsed.GetValue(concurrency),
                DatasetName = parsed.GetValue(dataset)!,
                DatasetPath = parsed.GetValue(path),
                RandomInputLen = parsed.GetValue(input),
                RandomOutputLen = parsed.GetValue(output),
                IgnoreEos = parsed.GetValue(eos),
                Seed = parsed.GetValue(seed),
                PercentileMetrics = parsed.GetValue(metrics)!.Split(','),
                MetricPercentiles = [.. parsed.GetValue(percentiles)!.Split(',').Select(Number)],
                Goodput = (parsed.GetValue(goodput) ?? []).Select(goal => goal.Split(':')).ToDictionary(goal => goal[0], goal => Number(goal[1]), StringComparer.Ordinal),
            },
            parsed.GetValue(json),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ServeOptions options, FileInfo? file, CancellationToken cancellationToken)
    {
        var key = Environment.GetEnvironmentVariable("GRANARY_KEY") is { Length: > 0 } set ? set : null;
        using IServeClient client = options.Backend == "granary-hub" ? new HubServeClient(options, key) : new OpenAiServeClient(options, key);
        var (time, results) = await ServeLoad.RunAsync(options, client, cancellationToken);
        var report = ServeReport.Create(options, time, results);
        var table = new Table().AddColumn("figure").AddColumn(new TableColumn("value").RightAligned());
        foreach (var (name, value) in report.Where(figure => figure.Value is not null))
        {
            table.AddRow(Markup.Escape(name), Markup.Escape(value is double number ? number.ToString("0.###", CultureInfo.InvariantCulture) : $"{value}"));
        }

        AnsiConsole.Write(table);
        if (results.FirstOrDefault(result => result.Error is not null) is { } failed)
        {
            AnsiConsole.MarkupLineInterpolated($"the first failure: {failed.Error}");
        }

        if (file is not null)
        {
            await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(report, Indented), cancellationToken);
        }

        return Array.Exists(results, result => result.Error is null) ? 0 : 1;
    }

    private static double Rate(System.CommandLine.Parsing.ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text == "inf")
        {
            return double.PositiveInfinity;
        }

        if (IsNumber(text, double.MaxValue) && Number(text) > 0)
        {
            return Number(text);
        }

        result.AddError("--request-rate takes a number above 0, or inf");
        return 0;
    }

    private static Uri? Server(System.CommandLine.Parsing.ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var server) && server.Scheme is "http" or "https")
        {
            return server;
        }

        result.AddError("--base-url takes an address such as http://127.0.0.1:5080");
        return null;
    }

    private static bool IsGoal(string text) => text.Split(':') is [var metric, var most] && ServeReport.Metrics.Contains(metric) && IsNumber(most, double.MaxValue);

    private static bool IsNumber(string text, double most) => double.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= 0 && number <= most;

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
