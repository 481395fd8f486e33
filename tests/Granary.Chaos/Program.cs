using System.CommandLine;
using System.Globalization;
using Granary.Chaos.Runs;
using Granary.Chaos.Silos;
using Spectre.Console;

if (Console.IsOutputRedirected)
{
    AnsiConsole.Profile.Width = 160;
    AnsiConsole.Profile.Capabilities.Ansi = false;
}

var minutes = new Option<double>("--minutes") { Description = "For how long faults begin.", DefaultValueFactory = _ => 10 };
var seed = new Option<int?>("--seed") { Description = "Repeats a run; without it one is drawn and printed." };
var streams = new Option<int>("--streams") { Description = "Clients that stream.", DefaultValueFactory = _ => 64 };
var every = new Option<double>("--every") { Description = "Seconds between faults.", DefaultValueFactory = _ => 10 };
var storage = new Option<string>("--storage") { Description = "Where sessions and tokens are.", DefaultValueFactory = _ => "redis" };
var keep = new Option<DirectoryInfo>("--keep") { Description = "Keep logs and data in this folder." };
storage.AcceptOnlyFromAmong("redis", "postgresql");

var root = new RootCommand("Four silos in three zones, real PostgreSQL and Redis, clients that stream, and faults by a seeded schedule. Compares what clients were shown with the log; exit code 1 if anything differs.")
{
    minutes, seed, streams, every, storage, keep,
};
root.SetAction(async (parsed, cancellationToken) =>
{
    var folder = parsed.GetValue(keep)?.FullName ?? Directory.CreateTempSubdirectory("granary-chaos-").FullName;
    var options = new ChaosOptions
    {
        Seed = parsed.GetValue(seed) ?? Random.Shared.Next(1, 1_000_000),
        Length = TimeSpan.FromMinutes(parsed.GetValue(minutes)),
        Interval = TimeSpan.FromSeconds(parsed.GetValue(every)),
        Streams = parsed.GetValue(streams),
    };
    Say($"seed {options.Seed}; logs in {Path.Combine(folder, "logs")}");
    var setup = new ClusterSetup { Silos = SiloSpec.FourSilos, HasNetwork = true, HasDisk = true, Slots = 32, Storage = parsed.GetValue(storage)! };
    ChaosResult result;
    await using (var cluster = await ChaosCluster.StartAsync(setup, folder, cancellationToken))
    {
        result = await new ChaosRun(cluster, options, Say).RunAsync(cancellationToken);
    }

    ChaosTable.Print(AnsiConsole.Console, result);
    if (result.IsClean && parsed.GetValue(keep) is null)
    {
        await Deletion.DeleteAsync(folder);
    }

    Say(result.IsClean ? "nothing differs" : $"{result.Journal.Differences.Count} differences; the same schedule again: deploy/chaos --seed {options.Seed}");
    return result.IsClean ? 0 : 1;
});
var arguments = root.Parse(args);
if (arguments.Errors.Count > 0)
{
    await Console.Error.WriteLineAsync($"chaos: {arguments.Errors[0].Message.ReplaceLineEndings(" ")} (see deploy/chaos --help)");
    return 2;
}

return await arguments.InvokeAsync();

static void Say(string what) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():HH:mm:ss.f} {what}"));
