using System.Collections.Concurrent;
using Granary.Completions;
using Granary.Errors;
using Granary.Grains.Tests.Fixtures;
using Granary.Serving;
using Granary.Tenants;
using Granary.TokenLog;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Tenants;

/// <summary>Limits while silos die: what is let through, by those who asked, and what is charged.</summary>
public sealed class DyingSilosTests(ITestOutputHelper output)
{
    private const int Limit = 400;

    private static ITenantGrain Tenant(GranaryCluster cluster) => cluster.Client.GetGrain<ITenantGrain>("local");

    [Fact]
    public async Task Completions_thousandCallsWhileASiloIsKilled_letThroughTheLimitAndNotOneMore()
    {
        await using var cluster = await GranaryCluster.StartAsync(3, settings: new() { ["Granary:Tenants:ReturnAfter"] = "00:00:10" });
        await Tenant(cluster).SetLimitsAsync(new TenantLimits { RequestsPerMinute = Limit, TokensPerMinute = 1_000_000 });
        var began = TimeProvider.System.GetTimestamp();

        var calls = Enumerable.Range(0, 1000).Select(i => CallAsync(cluster, $"c-{i}")).ToArray();
        await Task.WhenAny(calls);
        await cluster.Inner.KillSiloAsync(cluster.Inner.Silos[2]);
        var admitted = (await Task.WhenAll(calls)).Count(isAdmitted => isAdmitted);
        output.WriteLine($"{admitted} of {Limit} while a silo was killed");
        Assert.InRange(admitted, 1, Limit);

        // What turns that had not begun on the dead silo had counted is let through again, and no more than that.
        var later = 0;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (admitted + later < Limit && TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(45))
        {
            later += await CallAsync(cluster, $"later-{Guid.NewGuid():N}") ? 1 : 0;
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        output.WriteLine($"{later} later, after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.0} s");
        Assert.False(await CallAsync(cluster, "one-more"));
        Assert.InRange(admitted + later, Limit / 2, Limit);
        await TenantGrainTests.StatusAsync(cluster, status => status.Requests == Limit); // the rest is what the dead silo's lease still held, which passes with the minute
    }

    [Fact]
    public async Task Lease_thatATurnOfADeadSiloHoldsUp_isLookedForInTheLogOnceASecond()
    {
        var (held, reads) = (new TurnKey("nobody/held", 0), new ConcurrentQueue<long>()); // no silo can wake that, so that it stays
        await using var cluster = await GranaryCluster.StartAsync(settings: new() { ["Granary:Tenants:ReturnAfter"] = "00:00:10" }, configure: services => WatchedLog.Add(services, held, reads));
        await Tenant(cluster).SetLimitsAsync(new TenantLimits { RequestsPerMinute = Limit });
        var reservation = (await TenantGrainTests.AdmitAsync(cluster, 1, "turn")).Request.Reservation! with { Turn = "held", Report = long.MaxValue };
        var log = cluster.Silo(0).GetRequiredService<ITokenLog>();
        var lease = (await log.OpenAsync(held, new TurnHeader(GranaryCluster.Model, reservation).ToBytes(), CancellationToken.None)).Lease;
        await TenantGrainTests.AdmitAsync(cluster, 0, "living");

        await cluster.Inner.KillSiloAsync(cluster.Inner.Silos[1]);
        await TenantGrainTests.StatusAsync(cluster, status => reads.Count >= 4);

        var times = reads.ToArray();
        Assert.All(times.Zip(times[1..]), pair => Assert.True(TimeProvider.System.GetElapsedTime(pair.First, pair.Second) > TimeSpan.FromSeconds(0.9)));
        await log.CloseAsync(lease, null, CancellationToken.None);
        await TenantGrainTests.StatusAsync(cluster, status => status.Leases == 1);
    }

    /// <summary>Asks until there is an answer, as a gateway does.</summary>
    private static async Task<bool> CallAsync(GranaryCluster cluster, string id)
    {
        var isRepeated = false;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        while (true)
        {
            try
            {
                await cluster.Client.GetGrain<ICompletionGrain>(id).StartAsync(GranaryCluster.Model, new GenerateRequest { RequestId = id, Prompts = [new RawPrompt("Hi")], Sampling = new() { MaxTokens = 2 } }, isRepeated);
                return true;
            }
            catch (GranaryException refusal) when (refusal.Code == ErrorCode.RateLimitExceeded)
            {
                return false;
            }
            catch (Exception exception) when (GrainErrors.Translate(exception).Code is ErrorCode.Unavailable or ErrorCode.Cancelled)
            {
                isRepeated = true;
                await timer.WaitForNextTickAsync(limit.Token);
            }
        }
    }
}
