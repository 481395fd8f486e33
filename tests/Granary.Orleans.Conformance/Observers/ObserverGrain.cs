using Orleans.Concurrency;

namespace Granary.Conformance.Observers;

public interface INewsObserver : IGrainObserver
{
    Task ReceiveAsync(string news);

    [OneWay]
    Task HintAsync(string news);
}

public interface INewsGrain : IGrainWithStringKey
{
    Task SubscribeAsync(INewsObserver observer);

    Task PublishAsync(string news);

    Task HintAsync(string news);
}

internal sealed class NewsGrain : Grain, INewsGrain
{
    private readonly List<INewsObserver> _observers = [];

    public Task SubscribeAsync(INewsObserver observer)
    {
        _observers.Add(observer);
        return Task.CompletedTask;
    }

    public async Task PublishAsync(string news)
    {
        foreach (var observer in _observers)
        {
            await observer.ReceiveAsync(news);
        }
    }

    public async Task HintAsync(string news)
    {
        foreach (var observer in _observers)
        {
            await observer.HintAsync(news);
        }
    }
}
