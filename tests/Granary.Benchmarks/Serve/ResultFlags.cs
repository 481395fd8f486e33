using System.CommandLine;

namespace Granary.Benchmarks.Serve;

/// <summary>Flags of what is told and where it is written.</summary>
internal sealed class ResultFlags
{
    private readonly Option<bool> _save = new("--save-result") { Description = "Write the figures to a file of JSON." };
    private readonly Option<bool> _detailed = new("--save-detailed") { Description = "What became of each request, too." };
    private readonly Option<bool> _append = new("--append-result") { Description = "As another line of the file." };
    private readonly Option<string> _folder = new("--result-dir") { Description = "The file's folder." };
    private readonly Option<string> _name = new("--result-filename") { Description = "The file's name; without it, one that says what was done." };
    private readonly Option<FileInfo> _json = new("--json") { Description = "Write the figures to this file as JSON, whatever the others say." };
    private readonly Option<string> _label = new("--label") { Description = "What the result is called; without it, as the backend." };
    private readonly Option<string[]> _metadata = FlagValues.Pairs("--metadata", "KEY=VALUE …: is in the file, too.");
    private readonly Option<string> _metrics = new("--percentile-metrics") { Description = $"Of {string.Join(", ", ServeReport.Metrics)}, with commas.", DefaultValueFactory = _ => "ttft,tpot,itl" };
    private readonly Option<string> _percentiles = new("--metric-percentiles") { Description = "Percentiles, with commas.", DefaultValueFactory = _ => "99" };
    private readonly Option<string[]> _goodput = new("--goodput") { Description = "What a good request takes at most, in ms: ttft:200 tpot:50 e2el:5000.", AllowMultipleArgumentsPerToken = true };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _save, _detailed, _append, _folder, _name, _json, _label, _metadata, _metrics, _percentiles, _goodput })
        {
            command.Options.Add(option);
        }

        command.Check(result =>
        {
            // Before defaults are filled in: what was not given is null here.
            if (result.GetValue(_metrics)?.Split(',').All(ServeReport.Metrics.Contains) == false)
            {
                result.AddError($"--percentile-metrics takes {string.Join(", ", ServeReport.Metrics)}");
            }

            if (result.GetValue(_percentiles)?.Split(',').All(text => FlagValues.TryRead(text, out var number) && number is >= 0 and <= 100) == false)
            {
                result.AddError("--metric-percentiles takes numbers from 0 to 100");
            }

            if (!(result.GetValue(_goodput) ?? []).All(IsGoal))
            {
                result.AddError($"--goodput takes goals of {string.Join(", ", ServeReport.GoodputMetrics)} such as ttft:200, in milliseconds");
            }
        });
    }

    public ResultFile File(ParseResult parsed) => new()
    {
        Save = parsed.GetValue(_save),
        Detailed = parsed.GetValue(_detailed),
        Append = parsed.GetValue(_append),
        Folder = parsed.GetValue(_folder),
        Name = parsed.GetValue(_name),
        Json = parsed.GetValue(_json),
    };

    public ServeOptions Read(ParseResult parsed, ServeOptions options) => options with
    {
        Label = parsed.GetValue(_label),
        Metadata = FlagValues.Split(parsed.GetValue(_metadata)),
        PercentileMetrics = parsed.GetValue(_metrics)!.Split(','),
        MetricPercentiles = Array.ConvertAll(parsed.GetValue(_percentiles)!.Split(','), Number),
        Goodput = (parsed.GetValue(_goodput) ?? []).Select(goal => goal.Split(':')).ToDictionary(goal => goal[0], goal => Number(goal[1]), StringComparer.Ordinal),
    };

    private static bool IsGoal(string text) =>
        text.Split(':') is [var metric, var most] && ServeReport.GoodputMetrics.Contains(metric) && FlagValues.TryRead(most, out var number) && number >= 0;

    private static double Number(string text) => FlagValues.TryRead(text, out var number) ? number : throw new FormatException($"'{text}' is no number.");
}
