using System.Threading.Channels;
using Orleans.Embedded.Tests.Generator;
using Orleans.Embedded.Tests.Serialization;
using Orleans.TestingHost;

namespace Orleans.Embedded.Tests.EndToEnd;

/// <summary>Generated proxies and codecs between two silos; eight grains, so that some are local to the caller's silo and some are not.</summary>
public sealed class GeneratedCodeTests : IAsyncLifetime
{
    private const int Grains = 8;

    private readonly InProcessTestCluster _cluster = new InProcessTestClusterBuilder(2).Build();

    public async ValueTask InitializeAsync() => await _cluster.DeployAsync();

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Call_grains_of_two_silos_values_exceptions_streams_and_observers_arrive()
    {
        var silos = _cluster.Silos.Select(s => s.ServiceProvider).ToArray();
        Assert.Equal(2, silos.Length);

        for (var i = 0; i < Grains; i++)
        {
            var grain = _cluster.Client.GetGrain<ISampleGrain>($"grain-{i}");
            Assert.Equal(5, await grain.AddAsync(2, 3));
            Assert.Equal("ab", await grain.AddAsync("a", "b"));
            Assert.Equal("name", await grain.GetNameAsync());
            var group = Assert.IsType<Group>(await grain.EchoAsync(new Group { Parts = { new Circle { Radius = i } } }));
            Assert.Equal(i, Assert.IsType<Circle>(group.Parts[0]).Radius);

            var error = await Assert.ThrowsAsync<CodedException>(grain.FailAsync);
            Assert.Equal((7, "failed"), (error.Code, error.Message));

            var items = new List<int>();
            await foreach (var item in grain.CountAsync(250).WithCancellation(TestContext.Current.CancellationToken))
            {
                items.Add(item);
            }

            Assert.Equal(Enumerable.Range(0, 250), items);
        }
    }

    [Fact]
    public async Task Call_with_observer_reaches_the_object()
    {
        var observer = new ChannelObserver();
        var reference = _cluster.Client.CreateObjectReference<ISampleObserver>(observer);

        for (var i = 0; i < Grains; i++)
        {
            var grain = _cluster.Client.GetGrain<ISampleGrain>($"observed-{i}");
            var returned = await grain.PassAsync(_cluster.Client.GetGrain<ISampleGrain>("other"), reference);

            Assert.Equal("other", returned.GetPrimaryKeyString());
            Assert.Equal("passed", await observer.Notes.Reader.ReadAsync(TestContext.Current.CancellationToken));
        }
    }

    private sealed class ChannelObserver : ISampleObserver
    {
        public Channel<string> Notes { get; } = Channel.CreateUnbounded<string>();

        public void Notify(string text) => Notes.Writer.TryWrite(text);
    }
}
