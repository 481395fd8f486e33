using System.Threading.Channels;

namespace Granary.Conformance.Observers;

public sealed class ObserverTests(SharedCluster cluster)
{
    private readonly INewsGrain _grain = cluster.Client.GetGrain<INewsGrain>(SharedCluster.NewKey());

    [Fact]
    public async Task Observers_ofAClient_hearWhatTheGrainSays()
    {
        var (one, two) = (new Listener(), new Listener());
        await _grain.SubscribeAsync(cluster.Client.CreateObjectReference<INewsObserver>(one));
        await _grain.SubscribeAsync(cluster.Client.CreateObjectReference<INewsObserver>(two));
        await _grain.PublishAsync("rain");

        Assert.Equal("rain", await one.NextAsync());
        Assert.Equal("rain", await two.NextAsync());
        GC.KeepAlive((one, two));
    }

    [Fact]
    public async Task Observer_ofASilo_hearsOneWayMessages()
    {
        var listener = new Listener();
        await _grain.SubscribeAsync(cluster.From(1).CreateObjectReference<INewsObserver>(listener));
        await _grain.HintAsync("sun");

        Assert.Equal("sun", await listener.NextAsync());
        GC.KeepAlive(listener);
    }

    [Fact]
    public async Task DeletedObserver_hearsNothing()
    {
        var (gone, here) = (new Listener(), new Listener());
        var reference = cluster.Client.CreateObjectReference<INewsObserver>(gone);
        await _grain.SubscribeAsync(reference);
        await _grain.SubscribeAsync(cluster.Client.CreateObjectReference<INewsObserver>(here));
        cluster.Client.DeleteObjectReference<INewsObserver>(reference);
        await _grain.HintAsync("wind");

        Assert.Equal("wind", await here.NextAsync());
        Assert.Equal(0, gone.Count);
        GC.KeepAlive((gone, here));
    }

    private sealed class Listener : INewsObserver
    {
        private readonly Channel<string> _news = Channel.CreateUnbounded<string>();

        public int Count => _news.Reader.Count;

        public Task ReceiveAsync(string news) => _news.Writer.WriteAsync(news).AsTask();

        public Task HintAsync(string news) => _news.Writer.WriteAsync(news).AsTask();

        public async Task<string> NextAsync() => await _news.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
    }
}
