using Granary.Benchmarks.Deployed;

namespace Granary.Benchmarks.Shards;

/// <summary>The demo model in 1, 2 and 3 stages on as many silo processes, one thread each: throughput, time of a token and bytes on the wire.</summary>
internal static class StagesOverSilos
{
    private const int Streams = 8;

    public static async Task MeasureAsync(BenchmarkContext context)
    {
        var tokens = context.Quick ? 64 : 256;
        context.Note("silo processes", $"demo model over three silo processes, a thread each, PostgreSQL and Redis; replies of {tokens} tokens through the gateway of the head's silo; the wire is all that the loopback device carries: clients, token log and membership, too");
        await using var silos = await DeployedSilos.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal), context.CancellationToken);
        var counts = Enumerable.Range(1, silos.Zones.Length).ToArray();
        foreach (var count in counts)
        {
            context.Say($"deploying {count} stages on {count} silos");
            await silos.DeployAsync(Model(count), new { stages = count, zones = silos.Zones[..count] }, context.CancellationToken);
            await silos.LoadAsync(Model(count), Streams, 32, context.CancellationToken); // compiles what is measured
        }

        var loads = counts.ToDictionary(count => count, _ => (One: new List<DeployedLoad>(), Many: new List<DeployedLoad>()));
        for (var round = 0; round < context.Runs; round++)
        {
            foreach (var count in counts)
            {
                context.Say($"round {round + 1}: {count} stages on {count} silos");
                loads[count].One.Add(await silos.LoadAsync(Model(count), 1, tokens, context.CancellationToken));
                loads[count].Many.Add(await silos.LoadAsync(Model(count), Streams, tokens, context.CancellationToken));
            }
        }

        Add($"{Streams} streams", "tokens/s", load => load.Many.Select(run => run.TokensPerSecond));
        Add("a token of one stream", "ms", load => load.One.Select(run => run.MillisecondsPerToken));
        Add($"hidden states a token, {Streams} streams", "bytes", load => load.Many.Select(run => run.StageBytesPerToken));
        Add($"all on the wire a token, {Streams} streams", "bytes", load => load.Many.Select(run => run.WireBytesPerToken));
        Add("all on the wire a token, one stream", "bytes", load => load.One.Select(run => run.WireBytesPerToken));

        void Add(string what, string unit, Func<(List<DeployedLoad> One, List<DeployedLoad> Many), IEnumerable<double>> values)
        {
            foreach (var count in counts)
            {
                context.Add($"{count} silo{(count == 1 ? "" : "s")}: {what}", BenchmarkContext.Median(values(loads[count])), unit);
            }
        }
    }

    private static string Model(int stages) => $"staged-{stages}";
}
