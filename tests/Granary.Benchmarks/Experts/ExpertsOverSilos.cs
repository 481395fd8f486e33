using Granary.Benchmarks.Deployed;

namespace Granary.Benchmarks.Experts;

/// <summary>The demo model's experts spread over 1, 2 and 3 silo processes; and on three, what the balancer makes of experts that were dealt out before anybody knew which are busy.</summary>
internal static class ExpertsOverSilos
{
    private const string Sent = "granary:expert_bytes";
    private const string Dealt = "experts as dealt out";
    private const string Balanced = "experts balanced, 2 further copies a layer";

    // The balancer is told when to think it over, by a new wish.
    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal) { ["Granary__Experts__BalanceEvery"] = "1.00:00:00" };

    public static async Task MeasureAsync(BenchmarkContext context)
    {
        context.Note("silo processes", SideBySide.About(SideBySide.Tokens(context)));
        await using var silos = await DeployedSilos.StartAsync(Settings, context.CancellationToken);
        await new SideBySide(silos, "spread", Sent).MeasureAsync(context, (_, zones) => new { spreadExperts = true, zones });
        await BalanceAsync(context, silos);
    }

    private static async Task BalanceAsync(BenchmarkContext context, DeployedSilos silos)
    {
        context.Note("balancer", $"three silos, {SideBySide.Streams} streams that say the same; skew: the busiest silo's choices by the mean, averaged over the layers");
        var (dealt, balanced) = ("experts-dealt", "experts-balanced");
        foreach (var model in new[] { dealt, balanced })
        {
            context.Say($"deploying {model}");
            await silos.DeployAsync(model, new { spreadExperts = true }, context.CancellationToken);
            await LoadAsync(model);
        }

        var before = await silos.SkewAsync(balanced, context.CancellationToken);
        await silos.WishAsync(balanced, new { spreadExperts = true, redundantExperts = 2 }, context.CancellationToken);
        await silos.UntilSettledAsync(balanced, context.CancellationToken);
        await LoadAsync(balanced);

        var rates = new Dictionary<string, List<double>>(StringComparer.Ordinal) { [dealt] = [], [balanced] = [] };
        for (var round = 0; round < context.Runs; round++)
        {
            foreach (var (model, measured) in rates)
            {
                context.Say($"round {round + 1}: {model}");
                measured.Add((await LoadAsync(model)).TokensPerSecond);
            }
        }

        context.Add($"{Dealt}: skew", before, "");
        context.Add($"{Balanced}: skew", await silos.SkewAsync(balanced, context.CancellationToken), "");
        context.Add($"{Dealt}: {SideBySide.Streams} streams", BenchmarkContext.Median(rates[dealt]), "tokens/s");
        context.Add($"{Balanced}: {SideBySide.Streams} streams", BenchmarkContext.Median(rates[balanced]), "tokens/s");

        Task<DeployedLoad> LoadAsync(string model) => silos.LoadAsync(model, SideBySide.Streams, SideBySide.Tokens(context), Sent, context.CancellationToken, isSame: true);
    }
}
