using Granary.Completions;
using Granary.Errors;
using Granary.Grains.Tests.Fixtures;
using Granary.Serving;
using Granary.Sessions;
using Granary.Tenants;
using Granary.TokenLog;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Tenants;

/// <summary>Turns that fail on a silo that dies before their tenant has heard of it.</summary>
public sealed class FailedTurnsTests
{
    private static readonly GranaryException Refusal = new(ErrorCode.InvalidRequest, "No.");

    /// <param name="away">What cannot be stored while it fails: anything, so that its owner does not know of its end either, or its usage alone.</param>
    [Theory]
    [InlineData(null)]
    [InlineData("tenantusage")]
    public async Task Session_failedOnASiloThatDies_isRecordedAsWhatTheLogHas(string? away)
    {
        await using var cluster = await StartAsync();
        var generation = cluster.Script.For("failed/0");
        (generation.Steps, generation.Failure) = (new SemaphoreSlim(3), (3, Refusal));
        var session = await cluster.CreateAsync("failed");
        await session.SendAsync(new SendMessage { Text = "Hi", Key = "k" });
        var reader = new LedgerReader(session, 0);
        await reader.ReadUntilAsync("w0 w1 w2 ");

        (cluster.Fault.IsAway, cluster.Fault.Only) = (true, away);
        generation.Steps.Release(1);
        await reader.ReadToEndAsync().RefusesAsync(ErrorCode.InvalidRequest);
        await KillAsync(cluster, "session/failed");

        await IsRecordedAsync(cluster, outputTokens: 3);
        await session.RestAsync();
        Assert.Equal(["Hi", "w0 w1 w2 "], (await session.GetHistoryAsync()).Messages.Select(message => message.Content));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Completion_failedOnASiloThatDies_isRecordedAsWhatTheLogHas(int tokens)
    {
        await using var cluster = await StartAsync();
        var generation = cluster.Script.For("failed");
        (generation.Steps, generation.Failure) = (new SemaphoreSlim(tokens), (tokens, Refusal));
        (cluster.Fault.IsAway, cluster.Fault.Only) = (true, "tenantusage");
        var completion = cluster.Client.GetGrain<ICompletionGrain>("failed");
        var started = completion.StartAsync(GranaryCluster.Model, new GenerateRequest { RequestId = "failed", Prompts = [new RawPrompt("Hi")], Key = "k", Sampling = new() { MaxTokens = 10 } });
        if (tokens > 0)
        {
            await started;
        }

        generation.Steps.Release(1);
        await (tokens > 0 ? ReadAsync(completion) : started).RefusesAsync(ErrorCode.InvalidRequest);
        await KillAsync(cluster, "completion/failed");

        await IsRecordedAsync(cluster, tokens);
        await ReadAsync(completion).RefusesAsync(ErrorCode.Unavailable);
    }

    private static async Task<GranaryCluster> StartAsync()
    {
        var cluster = await GranaryCluster.StartAsync();
        await TenantGrainTests.Grain(cluster).SetLimitsAsync(new TenantLimits { TokensPerDay = 5000, ConcurrentStreams = 1 });
        return cluster;
    }

    /// <summary>Kills the silo that has a turn, and lets the stores answer again.</summary>
    private static async Task KillAsync(GranaryCluster cluster, string owner)
    {
        var dead = cluster.Inner.Silos.Single(silo => silo.ServiceProvider.GetRequiredService<LocalTurns>().Owners().Contains(owner));
        await cluster.Inner.KillSiloAsync(dead);
        cluster.Fault.IsAway = false;
    }

    private static async Task IsRecordedAsync(GranaryCluster cluster, long outputTokens)
    {
        var row = await TenantGrainTests.RowAsync(cluster);
        Assert.Equal(("k", GranaryCluster.Model, 1L, 1L, outputTokens), (row.Key, row.Model, row.Requests, row.Errors, row.OutputTokens));
        Assert.Equal(outputTokens > 0, row.PromptTokens > 0);
        await TenantGrainTests.StatusAsync(cluster, status => status.Streams == 0 && status.DayTokens == row.PromptTokens + row.OutputTokens);
        var log = cluster.Inner.Silos[0].ServiceProvider.GetRequiredService<ITokenLog>();
        using var limit = new CancellationTokenSource(TurnReading.Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await log.ListOpenAsync(limit.Token)).Count > 0)
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private static async Task ReadAsync(ICompletionGrain completion)
    {
        await foreach (var _ in completion.ReadAsync(0))
        {
        }
    }
}
