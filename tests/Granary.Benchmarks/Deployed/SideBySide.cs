namespace Granary.Benchmarks.Deployed;

/// <summary>The demo model deployed over 1, 2 and 3 silos, measured in turns.</summary>
/// <param name="silos">The silos.</param>
/// <param name="name">What the deployments are called, without their number.</param>
/// <param name="sent">The metric that counts the bytes of hidden states.</param>
internal sealed class SideBySide(DeployedSilos silos, string name, string sent)
{
    /// <summary>Streams of the throughput.</summary>
    public const int Streams = 8;

    /// <summary>How the figures come about.</summary>
    public static string About(int tokens) =>
        $"demo model over three silo processes, a thread each, PostgreSQL and Redis; replies of {tokens} tokens through the gateway of the first stage's silo; the wire is all that the loopback device carries: clients, token log and membership, too";

    /// <summary>Tokens of a reply.</summary>
    public static int Tokens(BenchmarkContext context) => context.Quick ? 64 : 256;

    /// <summary>Deploys, measures and adds the figures.</summary>
    /// <param name="context">Where they go.</param>
    /// <param name="wish">How the model is deployed in so many zones.</param>
    public async Task MeasureAsync(BenchmarkContext context, Func<int, string[], object> wish)
    {
        var tokens = Tokens(context);
        var counts = Enumerable.Range(1, silos.Zones.Length).ToArray();
        foreach (var count in counts)
        {
            context.Say($"deploying {Model(count)}");
            await silos.DeployAsync(Model(count), wish(count, silos.Zones[..count]), context.CancellationToken);
            await silos.LoadAsync(Model(count), Streams, 32, sent, context.CancellationToken); // compiles what is measured
        }

        var loads = counts.ToDictionary(count => count, _ => (One: new List<DeployedLoad>(), Many: new List<DeployedLoad>()));
        for (var round = 0; round < context.Runs; round++)
        {
            foreach (var count in counts)
            {
                context.Say($"round {round + 1}: {Model(count)}");
                loads[count].One.Add(await silos.LoadAsync(Model(count), 1, tokens, sent, context.CancellationToken));
                loads[count].Many.Add(await silos.LoadAsync(Model(count), Streams, tokens, sent, context.CancellationToken));
            }
        }

        Add($"{Streams} streams", "tokens/s", load => load.Many.Select(run => run.TokensPerSecond));
        Add("a token of one stream", "ms", load => load.One.Select(run => run.MillisecondsPerToken));
        Add($"hidden states a token, {Streams} streams", "bytes", load => load.Many.Select(run => run.HiddenBytesPerToken));
        Add("hidden states a token, one stream", "bytes", load => load.One.Select(run => run.HiddenBytesPerToken));
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

    private string Model(int count) => $"{name}-{count}";
}
