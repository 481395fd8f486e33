using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Granary.Completions;
using Granary.Errors;
using Granary.Grains.Tests.Fixtures;
using Granary.Serving;
using Granary.Sessions;
using Granary.Shards;
using Granary.Tenants;
using Granary.TokenLog;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Tenants;

public sealed class TenantGrainTests
{
    private const string Tenant = "local";

    [Fact]
    public async Task Admit_withoutLimits_storesNothingAndCountsNothing()
    {
        await using var cluster = await GranaryCluster.StartAsync();

        var (request, rates) = await AdmitAsync(cluster, 0, "turn", maxTokens: null);

        Assert.Null(rates);
        Assert.Equal(0, request.Reservation!.Epoch);
        Assert.Null(request.Sampling.MaxTokens);
        Assert.Equal(0, (await Grain(cluster).GetStatusAsync()).Leases);
    }

    [Fact]
    public async Task Admit_thousandsFromAllSilos_letsThroughExactlyTheLimit()
    {
        await using var cluster = await GranaryCluster.StartAsync(3);
        await Grain(cluster).SetLimitsAsync(new TenantLimits { RequestsPerMinute = 700, TokensPerMinute = 1_000_000 });

        var results = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => TryAsync(cluster, i % 3, $"turn-{i}")));

        Assert.Equal(700, results.Count(refusal => refusal is null));
        Assert.All(results.OfType<GranaryException>(), refusal =>
        {
            Assert.Equal(ErrorCode.RateLimitExceeded, refusal.Code);
            Assert.Equal(700, refusal.Limits!.LimitRequests);
            Assert.Equal(0, refusal.Limits.RemainingRequests);
            Assert.InRange(refusal.Limits.RetryAfter!.Value, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(61));
        });
        Assert.Equal(700, (await Grain(cluster).GetStatusAsync()).Requests);
    }

    [Fact]
    public async Task Admit_requestsOfUnequalSize_leavesNoRoomForTheSmallest()
    {
        await using var cluster = await GranaryCluster.StartAsync(3);
        await Grain(cluster).SetLimitsAsync(new TenantLimits { TokensPerMinute = 10_000 });
        var prompt = (await AdmitAsync(cluster, 0, "probe", 1)).Request.Reservation!.Tokens - 1;

        var admitted = await Task.WhenAll(Enumerable.Range(0, 600).Select(async i =>
            await TryAsync(cluster, i % 3, $"turn-{i}", 1 + (i % 40)) is null ? prompt + 1 + (i % 40) : 0));
        var sum = admitted.Sum() + prompt + 1;

        Assert.InRange(sum, 10_000 - prompt - 40, 10_000);
        await StatusAsync(cluster, status => status.Tokens == sum); // the silos report by and by
    }

    [Fact]
    public async Task SetLimits_byAnAdmin_holdsOnEverySiloWithinASecond()
    {
        await using var cluster = await GranaryCluster.StartAsync(3);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(silo => AdmitAsync(cluster, silo, $"before-{silo}")));

        await Grain(cluster).SetLimitsAsync(new TenantLimits { AllowedModels = ["another"] });
        var changed = Stopwatch.GetTimestamp();
        var last = await Task.WhenAll(Enumerable.Range(0, 3).Select(silo => WhenRefusedAsync(cluster, silo, changed)));

        Assert.All(last, refused => Assert.Equal(ErrorCode.ModelNotAllowed, refused.Refusal.Code));
        Assert.All(last, refused => Assert.InRange(refused.LastAdmitted, TimeSpan.Zero, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task SetLimits_toFewerStreamsThanRun_admitsNoneInPlaceOfThoseThatEnd()
    {
        await using var cluster = await GranaryCluster.StartAsync();
        await Grain(cluster).SetLimitsAsync(new TenantLimits { ConcurrentStreams = 20 });
        var running = new Stack<(int Silo, Reservation Reservation)>();
        foreach (var i in Enumerable.Range(0, 20))
        {
            running.Push((i % 2, (await AdmitAsync(cluster, i % 2, $"before-{i}")).Request.Reservation!));
        }

        await Grain(cluster).SetLimitsAsync(new TenantLimits { ConcurrentStreams = 1 });
        await HeardAsync(cluster, limits => limits.ConcurrentStreams == 1);
        while (running.TryPop(out var last))
        {
            Assert.NotNull(await TryAsync(cluster, 0, $"after-{running.Count}"));
            Assert.NotNull(await TryAsync(cluster, 1, $"after-{running.Count}"));
            cluster.Silo(last.Silo).GetRequiredService<TenantQuotas>().Drop(last.Reservation);
        }

        await StatusAsync(cluster, status => status.Streams == 0);
        while (await TryAsync(cluster, 0, "one") is not null)
        {
            await Task.Yield(); // a silo may go by what it was told a moment ago
        }

        Assert.NotNull(await TryAsync(cluster, 1, "two"));
    }

    [Fact]
    public async Task SetLimits_toNoRequests_holdsAsSoonAsASiloHears_whateverItHeld()
    {
        await using var cluster = await GranaryCluster.StartAsync();
        await Grain(cluster).SetLimitsAsync(new TenantLimits { RequestsPerMinute = 1_000_000 });
        for (var i = 0; i < 2000; i++)
        {
            await AdmitAsync(cluster, i % 2, $"before-{i}");
        }

        await Grain(cluster).SetLimitsAsync(new TenantLimits { RequestsPerMinute = 0 });
        await HeardAsync(cluster, limits => limits.RequestsPerMinute == 0);

        Assert.Equal(ErrorCode.RateLimitExceeded, (await TryAsync(cluster, 0, "after"))?.Code);
        Assert.Equal(ErrorCode.RateLimitExceeded, (await TryAsync(cluster, 1, "after"))?.Code);
    }

    [Fact]
    public async Task Admit_whileTheStoreIsAway_letsNothingThroughThatIsNotStored()
    {
        await using var cluster = await GranaryCluster.StartAsync();
        await Grain(cluster).SetLimitsAsync(new TenantLimits { RequestsPerMinute = 10 });
        cluster.Fault.IsAway = true;

        await AdmitAsync(cluster, 0, "away").RefusesAsync(ErrorCode.StoreUnavailable);
        cluster.Fault.IsAway = false;

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => TryAsync(cluster, i % 2, $"turn-{i}")));
        Assert.Equal(10, results.Count(refusal => refusal is null));
    }

    [Fact]
    public async Task Limits_afterARestartOfAllSilos_countWhatWasUsedBefore()
    {
        using var folder = new TemporaryFolder();
        await using (var before = await GranaryCluster.StartAsync(database: folder.File("granary.db")))
        {
            await Grain(before).SetLimitsAsync(new TenantLimits { RequestsPerMinute = 10 });
            await Task.WhenAll(Enumerable.Range(0, 6).Select(i => AdmitAsync(before, i % 2, $"before-{i}")));
        }

        await using var after = await GranaryCluster.StartAsync(database: folder.File("granary.db"));
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => TryAsync(after, i % 2, $"after-{i}")));

        // What the leases of the dead silos held is missing until it returns.
        Assert.InRange(results.Count(refusal => refusal is null), 0, 4);
    }

    [Fact]
    public async Task Session_turnThatEnded_isChargedWhatItUsedAndRecorded()
    {
        await using var cluster = await GranaryCluster.StartAsync();
        await Grain(cluster).SetLimitsAsync(new TenantLimits { TokensPerMinute = 5000, TokensPerDay = 5000, ConcurrentStreams = 1 });
        cluster.Script.For("s/0").Length = 3;
        var session = await cluster.CreateAsync("s");

        await session.SendAsync(new SendMessage { Text = "Hi", Key = "k1" });
        await new LedgerReader(session, 0).ReadToEndAsync();

        var row = await RowAsync(cluster);
        Assert.Equal(("k1", GranaryCluster.Model, 1L, 0L, 3L), (row.Key, row.Model, row.Requests, row.Errors, row.OutputTokens));
        var status = await StatusAsync(cluster, status => status.Streams == 0 && status.Tokens == row.PromptTokens + 3);
        Assert.Equal(row.PromptTokens + 3, status.DayTokens);
    }

    [Fact]
    public async Task Session_moreThanMayRunAtATime_isRefusedUntilOneEnds()
    {
        await using var cluster = await GranaryCluster.StartAsync();
        await Grain(cluster).SetLimitsAsync(new TenantLimits { ConcurrentStreams = 1 });
        var generation = cluster.Script.For("one/0");
        generation.Steps = new SemaphoreSlim(0);
        var (one, two) = (await cluster.CreateAsync("one"), await cluster.CreateAsync("two"));
        await one.SendAsync(new SendMessage { Text = "Hi" });

        var refusal = await two.SendAsync(new SendMessage { Text = "Hi" }).RefusesAsync(ErrorCode.RateLimitExceeded);
        Assert.NotNull(refusal.Limits!.RetryAfter);
        generation.Steps.Release(100);
        await new LedgerReader(one, 0).ReadToEndAsync();
        await StatusAsync(cluster, status => status.Streams == 0);

        // A silo may go by what it was told a moment ago.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                await two.SendAsync(new SendMessage { Text = "Hi" });
                break;
            }
            catch (GranaryException again) when (again.Code == ErrorCode.RateLimitExceeded)
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
        }
    }

    [Theory]
    [InlineData(20, null, null, ErrorCode.InvalidRequest)]
    [InlineData(null, 10, 5, ErrorCode.ContextLengthExceeded)]
    public async Task Admit_moreThanATenantMayAskFor_isRefusedByName(int? maxOutput, int? asked, int? maxContext, ErrorCode code)
    {
        await using var cluster = await GranaryCluster.StartAsync(1);
        await Grain(cluster).SetLimitsAsync(new TenantLimits { MaxOutputTokens = maxOutput, MaxContextTokens = maxContext });

        await AdmitAsync(cluster, 0, "turn", asked ?? 21).RefusesAsync(code);
        if (maxOutput is { } most)
        {
            Assert.Equal(most, (await AdmitAsync(cluster, 0, "turn", null)).Request.Sampling.MaxTokens);
        }
    }

    [Theory]
    [InlineData("another", 100, 50, ErrorCode.ModelNotAllowed)]
    [InlineData(GranaryCluster.Model, 20, 50, ErrorCode.InvalidRequest)]
    [InlineData(GranaryCluster.Model, 20, null, null)]
    public async Task Admit_whoseLimitsAreChangedWhileItsTokensAreCounted_goesByTheNewOnes(string allowed, int maxOutput, int? asked, ErrorCode? code)
    {
        using var tokenizer = new HeldTokenizer("Hello");
        await using var cluster = await GranaryCluster.StartAsync(1, configure: services => services.AddSingleton<ILocalModelLoader>(new HeldModelLoader(tokenizer)));
        await Grain(cluster).SetLimitsAsync(new TenantLimits { MaxOutputTokens = 100 });
        var admission = Task.Run(() => AdmitAsync(cluster, 0, "held", asked), TestContext.Current.CancellationToken);
        await tokenizer.Entered.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        await Grain(cluster).SetLimitsAsync(new TenantLimits { MaxOutputTokens = maxOutput, AllowedModels = [allowed], TokensPerMinute = 1000 });
        var quotas = cluster.Silo(0).GetRequiredService<TenantQuotas>();
        while ((await quotas.GetLimitsAsync(Tenant, TestContext.Current.CancellationToken)).AllowedModels is null)
        {
            await Task.Yield();
        }

        tokenizer.Released.Set();

        if (code is { } expected)
        {
            await admission.RefusesAsync(expected);
            await StatusAsync(cluster, status => status is { Tokens: 0, Streams: 0 });
        }
        else
        {
            Assert.Equal(maxOutput, (await admission).Request.Sampling.MaxTokens);
            await StatusAsync(cluster, status => status.Tokens == 5 + maxOutput);
        }
    }

    [Theory]
    [InlineData(1, null, ErrorCode.RateLimitExceeded)]
    [InlineData(null, 6L, ErrorCode.InsufficientQuota)]
    public async Task Admit_ofATenantThatHasNothingLeft_isRefusedBeforeItsPromptIsCounted(int? requests, long? tokens, ErrorCode code)
    {
        using var tokenizer = new HeldTokenizer("Hello");
        tokenizer.Released.Set();
        await using var cluster = await GranaryCluster.StartAsync(1, configure: services => services.AddSingleton<ILocalModelLoader>(new HeldModelLoader(tokenizer)));
        await Grain(cluster).SetLimitsAsync(new TenantLimits { RequestsPerMinute = requests, TokensPerDay = tokens ?? 1000 });
        await AdmitAsync(cluster, 0, "first"); // of 6 tokens
        var counted = tokenizer.Uses;

        foreach (var i in Enumerable.Range(0, 5))
        {
            await AdmitAsync(cluster, 0, $"turn-{i}").RefusesAsync(code);
        }

        Assert.Equal(counted, tokenizer.Uses);
    }

    [Fact]
    public async Task Refusals_thatAreNotTheLimits_areNotCountedAmongTheirs()
    {
        await using var cluster = await GranaryCluster.StartAsync(1);
        await Grain(cluster).SetLimitsAsync(new TenantLimits { TokensPerDay = 1000, MaxOutputTokens = 20, AllowedModels = [GranaryCluster.Model, "unknown"] });
        var codes = new ConcurrentQueue<object?>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Name == "granary:quota_refusals_total")
            {
                own.EnableMeasurementEvents(instrument);
            }
        } };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => codes.Enqueue(tags[0].Value));
        listener.Start();
        var quotas = cluster.Silo(0).GetRequiredService<TenantQuotas>();

        await AskAsync("unknown", 10).RefusesAsync(ErrorCode.ModelNotFound);
        await AskAsync("forbidden", 10).RefusesAsync(ErrorCode.ModelNotAllowed);
        await AskAsync(GranaryCluster.Model, 21).RefusesAsync(ErrorCode.InvalidRequest);

        // Tests of other classes may be refused at the same time.
        Assert.DoesNotContain(ErrorCode.ModelNotFound.Name(), codes);
        Assert.Contains(ErrorCode.ModelNotAllowed.Name(), codes);
        Assert.Contains(ErrorCode.InvalidRequest.Name(), codes);

        Task AskAsync(string model, int output) => quotas.AdmitAsync(
            Tenant, $"turn-{model}", model, new GenerateRequest { RequestId = "r", Prompts = [new RawPrompt("Hello")], Sampling = new() { MaxTokens = output } }, CancellationToken.None).AsTask();
    }

    [Fact]
    public async Task AdmitAnswered_byLimitsThatHoldNoMore_isNotGood_andCountsNothing()
    {
        await using var cluster = await GranaryCluster.StartAsync(1);
        await Grain(cluster).SetLimitsAsync(new TenantLimits { RequestsPerMinute = 10, MaxOutputTokens = 5 });
        var quotas = cluster.Silo(0).GetRequiredService<TenantQuotas>();
        var limits = await quotas.GetLimitsAsync(Tenant, TestContext.Current.CancellationToken);

        Assert.False((await AdmitAsync("stale", limits with { MaxOutputTokens = 50 })).IsGood);
        Assert.True((await AdmitAsync("good", limits)).IsGood);

        Assert.Equal(1, (await RowAsync(cluster)).Requests);
        await StatusAsync(cluster, status => status is { Requests: 1, Streams: 0 });

        ValueTask<(bool IsGood, RateLimits? Rates)> AdmitAsync(string turn, TenantLimits by) =>
            quotas.AdmitAnsweredAsync(Tenant, turn, GranaryCluster.Model, "k", by, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Completion_thatSomebodyElseBeganMeanwhile_isChargedOnceByWhoWasFirst(int silo)
    {
        await using var cluster = await GranaryCluster.StartAsync();
        await Grain(cluster).SetLimitsAsync(new TenantLimits { RequestsPerMinute = 100, TokensPerMinute = 5000, TokensPerDay = 5000, ConcurrentStreams = 5 });
        var completion = cluster.Client.GetGrain<ICompletionGrain>("raced");
        var key = new TurnKey(completion.GetGrainId().ToString(), 0);
        var first = (await AdmitAsync(cluster, silo, $"{key.Owner}#0", 10)).Request with { RequestId = "raced", Tenant = Tenant };
        await cluster.Silo(silo).GetRequiredService<ITokenLog>().OpenAsync(key, new CompletionHeader(GranaryCluster.Model, first).ToBytes(), CancellationToken.None);

        await completion.StartAsync(GranaryCluster.Model, first with { Reservation = null, Key = "late", Sampling = new() { MaxTokens = 50 } });
        await foreach (var _ in completion.ReadAsync(0))
        {
        }

        var row = await RowAsync(cluster);
        Assert.Equal(("", 1L, 5L), (row.Key, row.Requests, row.OutputTokens));
        var used = row.PromptTokens + row.OutputTokens;
        await StatusAsync(cluster, status => status is { Streams: 0, Requests: 1 } && status.DayTokens == used && status.Tokens == used);
    }

    [Fact]
    public async Task Completion_whoseUsageCannotBeStoredYet_sleepsMeanwhileAndIsRecordedOnce()
    {
        await using var cluster = await GranaryCluster.StartAsync();
        await Grain(cluster).SetLimitsAsync(new TenantLimits { TokensPerDay = 5000 });
        (cluster.Fault.IsAway, cluster.Fault.Only) = (true, "tenantusage");
        var completion = cluster.Client.GetGrain<ICompletionGrain>("patient");
        await completion.StartAsync(GranaryCluster.Model, new GenerateRequest { RequestId = "patient", Tenant = Tenant, Prompts = [new RawPrompt("Hi")], Key = "k", Sampling = new() { MaxTokens = 10 } });
        var text = await ReadAsync(completion);
        await Waiting.UntilAsync(() => Sum(cluster, static silo => silo.GetRequiredService<LocalActivations>().Count) == 0);
        Assert.Equal(1, Sum(cluster, static silo => silo.GetRequiredService<LocalTurns>().Count));

        Assert.Equal(text, await ReadAsync(completion)); // and so is settled by another activation, too
        cluster.Fault.IsAway = false;

        Assert.Equal((1L, 5L), await RowAsync(cluster) is var row ? (row.Requests, row.OutputTokens) : default);
        await Waiting.UntilAsync(() => Sum(cluster, static silo => silo.GetRequiredService<LocalTurns>().Count) == 0);
        Assert.Empty(await cluster.Silo(0).GetRequiredService<ITokenLog>().ListOpenAsync(CancellationToken.None));
        Assert.Equal(1, (await RowAsync(cluster)).Requests);
        await StatusAsync(cluster, status => status.DayTokens == row.PromptTokens + 5);
    }

    [Fact]
    public async Task Settle_whoseUsageWasStoredButNotAnswered_givesBackWhatWasNotUsed_once()
    {
        await using var cluster = await GranaryCluster.StartAsync();
        await Grain(cluster).SetLimitsAsync(new TenantLimits { TokensPerDay = 5000 });
        var reservation = (await AdmitAsync(cluster, 0, "unheard", 500)).Request.Reservation!;
        await StatusAsync(cluster, status => status.DayTokens == reservation.Tokens);
        (cluster.Fault.Writes, cluster.Fault.Only, cluster.Fault.IsAway) = (true, "tenantusage", true);
        var usage = new UsageRecord { Turn = "unheard", Day = reservation.Day, Key = "", Model = GranaryCluster.Model, OutputTokens = 10 };
        var settled = Enumerable.Range(0, 2).Select(_ => cluster.Silo(0).GetRequiredService<TenantQuotas>().SettleAsync(reservation, usage, CancellationToken.None)).ToArray();
        await Waiting.UntilAsync(() => cluster.Fault.Read.ContainsKey($"tenantusage/{ITenantUsageGrain.KeyOf(Tenant, reservation.Day)}"));
        cluster.Fault.Read.Clear();
        await Waiting.UntilAsync(() => !cluster.Fault.Read.IsEmpty); // it was written before, for it is read again

        cluster.Fault.IsAway = false;

        await Task.WhenAll(settled);
        Assert.Equal((1L, 10L), await RowAsync(cluster) is var row ? (row.Requests, row.OutputTokens) : default);
        await StatusAsync(cluster, status => status.DayTokens == 10);
    }

    [Fact]
    public async Task Session_deletedBeforeItsUsageIsStored_isForgottenWhenItIs()
    {
        await using var cluster = await GranaryCluster.StartAsync();
        await Grain(cluster).SetLimitsAsync(new TenantLimits { TokensPerDay = 5000 });
        (cluster.Fault.IsAway, cluster.Fault.Only) = (true, "tenantusage");
        var session = await cluster.CreateAsync("short");
        await session.SendAsync(new SendMessage { Text = "Hi", Key = "k" });
        await new LedgerReader(session, 0).ReadToEndAsync();

        var deletion = session.DeleteAsync();
        await Task.WhenAny(deletion, Task.Delay(TimeSpan.FromMilliseconds(500), CancellationToken.None));
        Assert.False(deletion.IsCompleted);
        cluster.Fault.IsAway = false;

        await deletion;
        Assert.Equal((1L, 5L), await RowAsync(cluster) is var row ? (row.Requests, row.OutputTokens) : default);
    }

    private static int Sum(GranaryCluster cluster, Func<IServiceProvider, int> count) => cluster.Inner.Silos.Sum(silo => count(silo.ServiceProvider));

    private static async Task<string> ReadAsync(ICompletionGrain completion)
    {
        var events = new List<TurnEvent>();
        await foreach (var item in completion.ReadAsync(0))
        {
            events.Add(item);
        }

        return events.Text();
    }

    /// <summary>Waits until every silo has heard of new limits.</summary>
    private static async Task HeardAsync(GranaryCluster cluster, Func<TenantLimits, bool> condition)
    {
        foreach (var silo in cluster.Inner.Silos)
        {
            while (!condition(await silo.ServiceProvider.GetRequiredService<TenantQuotas>().GetLimitsAsync(Tenant, TestContext.Current.CancellationToken)))
            {
                await Task.Yield();
            }
        }
    }

    internal static ITenantGrain Grain(GranaryCluster cluster) => cluster.Client.GetGrain<ITenantGrain>(Tenant);

    internal static Task<(GenerateRequest Request, RateLimits? Rates)> AdmitAsync(GranaryCluster cluster, int silo, string turn, int? maxTokens = 1) =>
        cluster.Silo(silo).GetRequiredService<TenantQuotas>().AdmitAsync(
            Tenant, turn, GranaryCluster.Model, new GenerateRequest { RequestId = turn, Prompts = [new RawPrompt("Hello")], Sampling = new() { MaxTokens = maxTokens } }, CancellationToken.None).AsTask();

    internal static async Task<GranaryException?> TryAsync(GranaryCluster cluster, int silo, string turn, int maxTokens = 1)
    {
        try
        {
            await AdmitAsync(cluster, silo, turn, maxTokens);
            return null;
        }
        catch (GranaryException refusal)
        {
            return refusal;
        }
    }

    internal static async Task<TenantStatus> StatusAsync(GranaryCluster cluster, Func<TenantStatus, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            var status = await TryAskAsync(() => Grain(cluster).GetStatusAsync());
            if (status is not null && condition(status))
            {
                return status;
            }

            try
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"It stayed at {status}.");
            }
        }
    }

    internal static async Task<UsageRow> RowAsync(GranaryCluster cluster)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            var day = Quota.DayOf(TimeProvider.System.GetUtcNow());
            if (await TryAskAsync(() => cluster.Client.GetGrain<ITenantUsageGrain>(ITenantUsageGrain.KeyOf(Tenant, day)).GetAsync()) is [var row])
            {
                return row;
            }

            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    /// <returns><see langword="null"/> where the silo that was asked has just died.</returns>
    private static async Task<T?> TryAskAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (Exception exception) when (GrainErrors.IsUnavailable(exception))
        {
            return null;
        }
    }

    /// <summary>Asks until it is refused.</summary>
    /// <returns>The refusal, and how long after the change the last request that was let in was made.</returns>
    private static async Task<(GranaryException Refusal, TimeSpan LastAdmitted)> WhenRefusedAsync(GranaryCluster cluster, int silo, long changed)
    {
        var last = TimeSpan.Zero;
        for (var i = 0; ; i++)
        {
            var asked = Stopwatch.GetElapsedTime(changed);
            if (await TryAsync(cluster, silo, $"after-{silo}-{i}") is { } refusal)
            {
                return (refusal, last);
            }

            last = asked;
            await Task.Yield();
        }
    }
}
