using System.Runtime.CompilerServices;

namespace Granary.Conformance.Streaming;

public interface IStreamGrain : IGrainWithStringKey
{
    Task<SiloAddress> WhereAsync();

    IAsyncEnumerable<int> CountAsync(int count, CancellationToken cancellationToken = default);

    /// <summary>Yields without end and counts what it has yielded; raises <c>key/disposed</c> when the iterator is disposed.</summary>
    IAsyncEnumerable<int> CountForeverAsync(CancellationToken cancellationToken = default);

    /// <summary>Yields one item, raises <c>key/waiting</c> and waits for the token; raises <c>key/cancelled</c>.</summary>
    IAsyncEnumerable<int> YieldThenWaitAsync(CancellationToken cancellationToken = default);

    /// <summary>Yields an item for each raise of <c>key/next</c>, up to <paramref name="count"/>.</summary>
    IAsyncEnumerable<int> FollowAsync(int count);

    Task<int> GetYieldedAsync();
}

internal sealed class StreamGrain(ILocalSiloDetails silo) : Grain, IStreamGrain
{
    private int _yielded;

    private string Key => this.GetPrimaryKeyString();

    public Task<SiloAddress> WhereAsync() => Task.FromResult(silo.SiloAddress);

    public async IAsyncEnumerable<int> CountAsync(int count, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < count; i++)
        {
            if (i % 50 == 49)
            {
                await Task.Yield();
            }

            yield return i;
        }
    }

    public async IAsyncEnumerable<int> CountForeverAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            while (true)
            {
                await Task.Yield();
                yield return _yielded++;
            }
        }
        finally
        {
            Signals.Raise($"{Key}/disposed");
        }
    }

    public async IAsyncEnumerable<int> YieldThenWaitAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        yield return 1;
        Signals.Raise($"{Key}/waiting");
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            Signals.Raise($"{Key}/cancelled");
        }
    }

    public async IAsyncEnumerable<int> FollowAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Signals.WaitAsync($"{Key}/next");
            yield return i;
        }
    }

    public Task<int> GetYieldedAsync() => Task.FromResult(_yielded);
}
