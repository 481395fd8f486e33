using Granary.Audit;
using Granary.Grains.Tests.Fixtures;

namespace Granary.Grains.Tests.Audit;

public sealed class ServedModelsTrailTests
{
    [Fact]
    public async Task Silo_thatServesAnotherModel_writesItDown_andOneThatServesTheSameDoesNot()
    {
        using var folder = new TemporaryFolder();
        var database = folder.File("granary.db");

        Assert.Equal(["model.serve scripted"], await TrailAfterAsync(database, "scripted", 1));
        Assert.Equal(["model.serve scripted"], await TrailAfterAsync(database, "scripted", 1));
        Assert.Equal(["model.withdraw scripted", "model.serve another", "model.serve scripted"], await TrailAfterAsync(database, "another", 3));
    }

    /// <summary>Starts a silo and stops it again.</summary>
    private static async Task<string[]> TrailAfterAsync(string database, string model, int entries)
    {
        await using var cluster = await GranaryCluster.StartAsync(1, database, model: model);
        var trail = cluster.Client.GetGrain<IAuditGrain>(IAuditGrain.ClusterKey);
        using var limit = new CancellationTokenSource(TurnReading.Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        AuditEntry[] written;
        while ((written = await trail.ListAsync(100)).Length < entries)
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }

        return [.. written.Select(entry => $"{entry.What} {entry.Target}")];
    }
}
