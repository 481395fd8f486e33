using System.CommandLine;
using Granary.Benchmarks;
using Granary.Benchmarks.Gateways;
using Granary.Benchmarks.Grains;
using Granary.Benchmarks.Reporting;
using Granary.Benchmarks.Serve;
using Spectre.Console;

if (Console.IsOutputRedirected)
{
    AnsiConsole.Profile.Width = 160;
    AnsiConsole.Profile.Capabilities.Ansi = false;
}

var name = new Argument<string>("name") { Description = "One of: " + string.Join(", ", BenchmarkRegistry.All.Select(benchmark => benchmark.Name)) + "." };
name.AcceptOnlyFromAmong([.. BenchmarkRegistry.All.Select(benchmark => benchmark.Name)]);
var json = new Option<FileInfo>("--json") { Description = "Write machine, versions, figures and bars to this file." };
var compare = new Option<FileInfo>("--compare") { Description = "A file written by --json with the other engine: prints ratios and checks the bars between them." };
var only = new Option<string>("--only") { Description = "Only the parts whose name contains this, where a benchmark has parts." };
var quick = new Option<bool>("--quick") { Description = "Fewer and shorter runs, under two minutes." };
compare.AcceptExistingOnly();

var root = new RootCommand("Granary's benchmarks: figures of this machine as a table and as JSON.") { name, json, compare, quick, only };
root.SetAction(async (parsed, cancellationToken) =>
{
    var benchmark = BenchmarkRegistry.All.Single(candidate => candidate.Name == parsed.GetValue(name));
    var context = new BenchmarkContext(parsed.GetValue(quick), parsed.GetValue(only), cancellationToken);
    try
    {
        await benchmark.RunAsync(context);
    }
    catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
    {
        throw new TimeoutException("Something took too long; nobody asked the benchmark to stop.", late); // a cancellation would be swallowed
    }

    var report = context.ToReport(benchmark.Name);
    var other = parsed.GetValue(compare) is { } file ? await ReportFile.ReadAsync(file, cancellationToken) : null;
    report = benchmark.Judge(report, other);
    ReportTable.Print(AnsiConsole.Console, report, other);
    if (parsed.GetValue(json) is { } target)
    {
        await ReportFile.WriteAsync(target, report, cancellationToken);
    }

    return report.Bars.All(bar => bar.Holds) ? 0 : 1;
});
root.Subcommands.Add(SiloProcess.Command());
root.Subcommands.Add(GatewayServer.Command());
root.Subcommands.Add(FloorServer.Command());
root.Subcommands.Add(ServeCommand.Create());
var arguments = root.Parse(args);
if (arguments.Errors.Count > 0)
{
    await Console.Error.WriteLineAsync($"bench: {arguments.Errors[0].Message.ReplaceLineEndings(" ")} (see 'bench --help')");
    return 2;
}

return await arguments.InvokeAsync();
