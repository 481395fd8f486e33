using System.Collections.Concurrent;
using Orleans.Concurrency;

namespace Granary.Conformance.Messaging;

public interface IOneWayGrain : IGrainWithStringKey
{
    /// <summary>Raises <c>key/in</c>, waits for <c>key/go</c>, raises <c>key/out</c>.</summary>
    [OneWay]
    Task HoldAsync();

    [OneWay]
    Task FailAsync();

    Task<int> CountAsync();
}

internal sealed class OneWayGrain : Grain, IOneWayGrain
{
    private int _count;

    public async Task HoldAsync()
    {
        var key = this.GetPrimaryKeyString();
        Signals.Raise($"{key}/in");
        await Signals.WaitAsync($"{key}/go");
        _count++;
        Signals.Raise($"{key}/out");
    }

    public Task FailAsync()
    {
        Signals.Raise($"{this.GetPrimaryKeyString()}/failed");
        throw new InvalidOperationException("Nobody hears this.");
    }

    public Task<int> CountAsync() => Task.FromResult(_count);
}

public interface IWorkerGrain : IGrainWithStringKey
{
    Task<SiloAddress> WhereAsync();

    /// <summary>Raises <c>key/in</c> and waits for <c>key/go</c>; answers with how many were inside at once at most on this silo.</summary>
    Task<int> HoldAsync();
}

[StatelessWorker(2)]
internal sealed class WorkerGrain(ILocalSiloDetails silo) : Grain, IWorkerGrain
{
    private static readonly ConcurrentDictionary<string, int> Inside = new(StringComparer.Ordinal);

    public Task<SiloAddress> WhereAsync() => Task.FromResult(silo.SiloAddress);

    public async Task<int> HoldAsync()
    {
        var key = this.GetPrimaryKeyString();
        var inside = Inside.AddOrUpdate(key, 1, (_, count) => count + 1);
        Signals.Raise($"{key}/in");
        await Signals.WaitAsync($"{key}/go");
        Inside.AddOrUpdate(key, 0, (_, count) => count - 1);
        return inside;
    }
}

public interface IContextGrain : IGrainWithStringKey
{
    Task<string?> GetAsync(string name);

    Task<string?> GetThroughAsync(IContextGrain other, string name);

    Task SetAsync(string name, string value);

    IAsyncEnumerable<string?> StreamAsync(string name);
}

internal sealed class ContextGrain : Grain, IContextGrain
{
    public Task<string?> GetAsync(string name) => Task.FromResult(RequestContext.Get(name) as string);

    public Task<string?> GetThroughAsync(IContextGrain other, string name) => other.GetAsync(name);

    public Task SetAsync(string name, string value)
    {
        RequestContext.Set(name, value);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<string?> StreamAsync(string name)
    {
        await Task.Yield();
        yield return RequestContext.Get(name) as string;
    }
}
