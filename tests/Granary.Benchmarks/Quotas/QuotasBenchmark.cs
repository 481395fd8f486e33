using System.Diagnostics;
using System.Threading.RateLimiting;
using Granary.Benchmarks.Reporting;
using Granary.Errors;
using Granary.Models;
using Granary.Serving;
using Granary.Tenants;

namespace Granary.Benchmarks.Quotas;

/// <summary>
/// What it costs to hold a request against all five of its tenant's limits: on one silo, with the tenant's grain and its store behind it. The floor is .NET's own token bucket,
/// which counts one thing in one process.
/// </summary>
internal sealed class QuotasBenchmark : IBenchmark
{
    private const double MaxMicroseconds = 20;
    private const double MinPerSecond = 10_000;
    private const double MinPerMessage = 1_000;
    private const long Plenty = 900_000_000_000;
    private const int Tokens = 500;
    private const string Model = "granary-chat";

    public string Name => "quotas";

    public async Task RunAsync(BenchmarkContext context)
    {
        var time = TimeSpan.FromSeconds(context.Quick ? 2 : 5);
        context.Add("floor: TokenBucketRateLimiter", Floor(time), "µs");

        var limits = new TenantLimits { RequestsPerMinute = Plenty, TokensPerMinute = Plenty, TokensPerDay = Plenty, TokensPerMonth = Plenty, ConcurrentStreams = 1_000_000 };
        await using (var silo = await QuotaSilo.StartAsync(limits, context.CancellationToken))
        {
            await LoadAsync(silo.Ledger, TimeSpan.FromSeconds(1), 1);
            var runs = new List<Load>();
            for (var run = 0; run < context.Runs; run++)
            {
                runs.Add(await LoadAsync(silo.Ledger, time, 1));
            }

            context.Add("admission: mean", BenchmarkContext.Median(runs.Select(run => run.Mean)), "µs");
            context.Add("admission: p99", BenchmarkContext.Median(runs.Select(run => run.P99)), "µs");
            context.Add("admissions, 1 caller", BenchmarkContext.Median(runs.Select(run => run.PerSecond)), "/s");
            context.Add("messages to the tenant's grain", BenchmarkContext.Median(runs.Select(run => run.Messages)), "/s");
            context.Add("admissions a message", BenchmarkContext.Median(runs.Select(run => run.PerSecond / run.Messages)), "");
            context.Add("waited for the grain", BenchmarkContext.Median(runs.Select(run => run.Waited)), "%");
            var crowd = await LoadAsync(silo.Ledger, time, 64);
            context.Add("admissions, 64 callers", crowd.PerSecond, "/s");
        }

        await PassAsync(context, limits, time);

        await using var exhausted = await QuotaSilo.StartAsync(new TenantLimits { RequestsPerMinute = 1 }, context.CancellationToken);
        await exhausted.Ledger.AdmitAsync("", "only", 0, 0, context.CancellationToken);
        var refused = await RefuseAsync(exhausted.Ledger, time);
        context.Add("refusal: mean", refused.Mean, "µs");
        context.Add("messages while all is refused", refused.Messages, "/s");
        context.Note("admission", "an admission and the end of its turn, without what its usage costs and without counting the prompt's tokens; the callers do nothing else");
        context.Note("whole admission", "the same by TenantQuotas: the prompt is rendered and its tokens are counted on this silo, because the limits are of tokens; the engine counts them again");
    }

    public Report Judge(Report report, Report? other) => report with
    {
        Bars =
        [
            Bar.AtMost("admission: mean", report["admission: mean"]!.Value, MaxMicroseconds, "µs"),
            Bar.AtLeast("admissions, 1 caller", report["admissions, 1 caller"]!.Value, MinPerSecond, "/s"),
            Bar.AtLeast("admissions, 64 callers", report["admissions, 64 callers"]!.Value, MinPerSecond, "/s"),
            Bar.AtLeast("admissions a message", report["admissions a message"]!.Value, MinPerMessage, ""),
        ],
    };

    private static double Floor(TimeSpan time)
    {
        using var bucket = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = int.MaxValue, TokensPerPeriod = int.MaxValue, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0,
        });
        var (count, began) = (0L, Stopwatch.GetTimestamp());
        for (; Stopwatch.GetElapsedTime(began) < time; count++)
        {
            using var lease = bucket.AttemptAcquire();
        }

        return Stopwatch.GetElapsedTime(began).TotalMicroseconds / count;
    }

    private static async Task<Load> LoadAsync(TenantLedger ledger, TimeSpan time, int callers)
    {
        var (messages, began) = (ledger.Messages, Stopwatch.GetTimestamp());
        var samples = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var (times, waited) = (new List<double>(), 0L);
            for (var i = 0; Stopwatch.GetElapsedTime(began) < time; i++)
            {
                var start = Stopwatch.GetTimestamp();
                var admission = ledger.AdmitAsync("", $"{caller}-{i}", 0, Tokens, CancellationToken.None);
                waited += admission.IsCompleted ? 0 : 1;
                ledger.Drop((await admission).Reservation.Turn);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }

            return (Times: times, Waited: waited);
        })));
        double[] sorted = [.. samples.SelectMany(sample => sample.Times).Order()];
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return new Load(sorted.Average(), sorted[(int)(sorted.Length * 0.99)], sorted.Length / seconds, (ledger.Messages - messages) / seconds, 100.0 * samples.Sum(sample => sample.Waited) / sorted.Length);
    }

    // Limits of tokens want the prompt counted, which takes as long as the prompt is.
    private static async Task PassAsync(BenchmarkContext context, TenantLimits limits, TimeSpan time)
    {
        await using var silo = await QuotaSilo.StartAsync(limits, context.CancellationToken, Model);
        foreach (var words in new[] { 10, 100, 1000 })
        {
            var request = new GenerateRequest
            {
                RequestId = "bench",
                Sampling = new() { MaxTokens = 1 },
                Messages = [new ChatMessage(ChatRole.User, string.Join(' ', Enumerable.Range(0, words).Select(word => word % 2 == 0 ? "house" : "river")))],
            };
            int tokens;
            while ((tokens = await silo.MeasureAsync(Model, request, context.CancellationToken)) == 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), context.CancellationToken);
            }

            await PassAsync(silo, request, TimeSpan.FromMilliseconds(500), context.CancellationToken);
            context.Add($"whole admission, {tokens} tokens: mean", await PassAsync(silo, request, time, context.CancellationToken), "µs");
        }
    }

    private static async Task<double> PassAsync(QuotaSilo silo, GenerateRequest request, TimeSpan time, CancellationToken cancellationToken)
    {
        var (count, began) = (0L, Stopwatch.GetTimestamp());
        for (; Stopwatch.GetElapsedTime(began) < time; count++)
        {
            await silo.PassAsync($"{count}", Model, request, cancellationToken);
        }

        return Stopwatch.GetElapsedTime(began).TotalMicroseconds / count;
    }

    private static async Task<Load> RefuseAsync(TenantLedger ledger, TimeSpan time)
    {
        var (messages, began, count) = (ledger.Messages, Stopwatch.GetTimestamp(), 0L);
        for (; Stopwatch.GetElapsedTime(began) < time; count++)
        {
            try
            {
                await ledger.AdmitAsync("", "more", 0, 0, CancellationToken.None);
            }
            catch (GranaryException)
            {
                // That is what is measured.
            }
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return new Load(seconds * 1e6 / count, 0, count / seconds, (ledger.Messages - messages) / seconds, 0);
    }

    private readonly record struct Load(double Mean, double P99, double PerSecond, double Messages, double Waited);
}
