using Granary.Completions;
using Granary.Grains.Tests.Fixtures;
using Granary.Serving;
using Granary.Sessions;
using Granary.Turns;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Turns;

public sealed class LocalTurnReaderTests(TwoSilos silos) : IClassFixture<TwoSilos>
{
    private readonly GranaryCluster _cluster = silos.Cluster;

    [Fact]
    public async Task Read_where_the_turn_is_gives_what_its_grain_gives_and_nothing_elsewhere()
    {
        var completion = await StartAsync("local");
        var here = Assert.Single(Readers(), reader => reader.Read(completion, 0, TestContext.Current.CancellationToken) is not null);

        var events = await ReadAsync(here.Read(completion, 0, TestContext.Current.CancellationToken)!);

        Assert.Equal("w0 w1 w2 w3 w4 ", events.Text());
        Assert.Equal(Enumerable.Range(0, events.Count - 1), events.Where(item => item.Frame is not null).Select(item => item.Record));
    }

    [Fact]
    public async Task Read_to_the_end_lets_the_activation_sleep()
    {
        var completion = await StartAsync("asleep");
        var here = Assert.Single(Readers(), reader => reader.Read(completion, 0, TestContext.Current.CancellationToken) is not null);

        await ReadAsync(here.Read(completion, 0, TestContext.Current.CancellationToken)!);

        await Waiting.UntilAsync(() => here.Read(completion, 0, TestContext.Current.CancellationToken) is null);
    }

    [Fact]
    public async Task Read_of_a_turn_that_leaves_says_so_and_it_is_not_here_any_more()
    {
        var generation = _cluster.Script.For("leaving");
        generation.Steps = new SemaphoreSlim(2);
        var completion = await StartAsync("leaving");
        var here = Assert.Single(Readers(), reader => reader.Read(completion, 0, TestContext.Current.CancellationToken) is not null);
        var reading = ReadAsync(here.Read(completion, 0, TestContext.Current.CancellationToken)!);

        await Task.WhenAll(Enumerable.Range(0, 2).Select(i => _cluster.Silo(i).GetRequiredService<LocalTurns>().DetachAllAsync()));

        await Assert.ThrowsAsync<TurnMovedException>(() => reading.WaitAsync(TurnReading.Patience));
        Assert.Null(here.Read(completion, 0, TestContext.Current.CancellationToken));
        generation.Steps.Release(5);
        Assert.Equal("w0 w1 w2 w3 w4 ", (await ReadAsync(completion.ReadAsync(0, TestContext.Current.CancellationToken))).Text());
    }

    private IEnumerable<ILocalTurnReader> Readers() => Enumerable.Range(0, 2).Select(i => _cluster.Silo(i).GetRequiredService<ILocalTurnReader>());

    private async Task<ICompletionGrain> StartAsync(string id)
    {
        var completion = _cluster.Client.GetGrain<ICompletionGrain>(id);
        await completion.StartAsync(GranaryCluster.Model, new GenerateRequest { RequestId = id, Prompts = [new RawPrompt("Hi")] });
        return completion;
    }

    private static async Task<List<TurnEvent>> ReadAsync(IAsyncEnumerable<TurnEvent> items)
    {
        var events = new List<TurnEvent>();
        await foreach (var item in items)
        {
            events.Add(item);
        }

        return events;
    }
}
