using Granary.Audit;
using Granary.Errors;
using Granary.Grains.Tests.Fixtures;

namespace Granary.Grains.Tests.Audit;

public sealed class AuditGrainTests
{
    private const int Many = 1_100; // more than the two newest pages

    private static readonly DateTimeOffset Began = TimeProvider.System.GetUtcNow();
    private static readonly Dictionary<string, string?> Settings = new() { ["Granary:Audit:KeepFor"] = "10.00:00:00" };

    [Fact]
    public async Task Entries_ofWhatever_areKept_andReadInPages()
    {
        await using var cluster = await StartAsync();
        var trail = Trail(cluster);
        await AddAsync(trail, 0, Many);

        Assert.Equal(Names(0, Many), await ReadAllAsync(trail, 300));
        Assert.Equal(Names(0, Many), await ReadAllAsync(trail, 1_000));
        Assert.Equal(Names(Many - 3, 3), (await trail.ListAsync(3)).Reverse().Select(entry => entry.Target));
        await trail.ListBeforeAsync(null, 1_001).RefusesAsync(ErrorCode.InvalidRequest);
        Assert.Empty((await trail.ListBeforeAsync(-1, 10)).Entries);
    }

    [Fact]
    public async Task Entry_thatComesTwice_isThereOnce_alsoAroundTheEndOfAPage()
    {
        await using var cluster = await StartAsync();
        var trail = Trail(cluster);
        for (var i = 0; i < (2 * AuditGrain.PageSize) + 2; i++)
        {
            await trail.AddAsync(Entry(i));
            await trail.AddAsync(Entry(Math.Max(0, i - 1)));
        }

        Assert.Equal(Names(0, (2 * AuditGrain.PageSize) + 2), await ReadAllAsync(trail, 100));
    }

    [Fact]
    public async Task Entries_thatAreOld_areForgottenWithTheirPages_andNoOthers()
    {
        using var folder = new TemporaryFolder();
        await using (var before = await GranaryCluster.StartAsync(1, folder.File("granary.db")))
        {
            await AddAsync(Trail(before), 0, 500, TimeSpan.FromDays(11));
            Assert.Equal(AuditGrain.PageSize, (await Page(before, 0).GetAsync()).Length);
        }

        await using var cluster = await GranaryCluster.StartAsync(1, folder.File("granary.db"), Settings);
        Assert.Empty(await Trail(cluster).ListAsync(1000));
        await AddAsync(Trail(cluster), 500, 500, TimeSpan.FromDays(9));

        Assert.Equal(Names(500, 500), await ReadAllAsync(Trail(cluster), 100));
        Assert.Empty(await Page(cluster, 0).GetAsync());
        Assert.Equal(AuditGrain.PageSize, (await Page(cluster, 500).GetAsync()).Length);
    }

    [Fact]
    public async Task Page_thatCannotBeStored_losesNothing()
    {
        await using var cluster = await StartAsync();
        var trail = Trail(cluster);
        await AddAsync(trail, 0, 2 * AuditGrain.PageSize);

        foreach (var state in new[] { "auditpage", "audit" })
        {
            (cluster.Fault.IsAway, cluster.Fault.Only) = (true, state);
            await trail.AddAsync(Entry(2 * AuditGrain.PageSize)).RefusesAsync(ErrorCode.StoreUnavailable);
        }

        cluster.Fault.IsAway = false;
        await AddAsync(trail, 2 * AuditGrain.PageSize, 2);
        Assert.Equal(Names(0, (2 * AuditGrain.PageSize) + 2), await ReadAllAsync(trail, 1_000));
    }

    private static Task<GranaryCluster> StartAsync() => GranaryCluster.StartAsync(1, settings: Settings);

    private static IAuditGrain Trail(GranaryCluster cluster) => cluster.Client.GetGrain<IAuditGrain>("acme");

    private static IAuditPageGrain Page(GranaryCluster cluster, long first) => cluster.Client.GetGrain<IAuditPageGrain>(IAuditPageGrain.KeyOf("acme", first));

    private static string[] Names(int first, int count) => [.. Enumerable.Range(first, count).Select(i => $"{i}")];

    private static AuditEntry Entry(int i, TimeSpan age = default) => new() { At = Began - age, Who = "test", What = "test", Target = $"{i}" };

    private static async Task AddAsync(IAuditGrain trail, int first, int count, TimeSpan age = default)
    {
        for (var i = first; i < first + count; i++)
        {
            await trail.AddAsync(Entry(i, age));
        }
    }

    /// <summary>All of them, oldest first.</summary>
    private static async Task<string[]> ReadAllAsync(IAuditGrain trail, int take)
    {
        var all = new List<string>();
        long? before = null;
        do
        {
            var list = await trail.ListBeforeAsync(before, take);
            Assert.InRange(list.Entries.Length, 1, take);
            all.AddRange(list.Entries.Select(entry => entry.Target));
            before = list.Next;
        }
        while (before is not null);

        all.Reverse();
        return [.. all];
    }
}
