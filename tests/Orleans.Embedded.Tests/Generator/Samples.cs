using System.Runtime.CompilerServices;
using Orleans.Concurrency;
using Orleans.Embedded.Tests.Serialization;

namespace Orleans.Embedded.Tests.Generator;

public interface INamed
{
    Task<string> GetNameAsync();
}

[Alias("sample.grain")]
public interface ISampleGrain : IGrainWithStringKey, INamed
{
    Task DoAsync(List<int> numbers);

    Task<int> AddAsync(int a, int b);

    [Alias("overload")]
    Task<string> AddAsync(string a, string b);

    ValueTask<Shape> EchoAsync(Shape shape);

    ValueTask NothingAsync();

    [ReadOnly, AlwaysInterleave, ResponseTimeout("00:00:07")]
    Task<bool> FlagsAsync(CancellationToken cancellationToken);

    [OneWay]
    Task FireAsync(string text);

    Task FailAsync();

    Task<List<int>> KeepAsync([Immutable] List<int> numbers);

    Task<ISampleGrain> PassAsync(ISampleGrain other, ISampleObserver observer);

    IAsyncEnumerable<int> CountAsync(int to, CancellationToken cancellationToken = default);
}

public interface ISampleObserver : IGrainObserver
{
    void Notify(string text);
}

[Reentrant, GrainType("custom"), MayInterleave(nameof(MayInterleave))]
public sealed class SampleGrain : ISampleGrain, IGrain
{
    public List<string> Seen { get; } = [];

    public static bool MayInterleave(IInvokable request) => request.GetMethodName() == nameof(FireAsync);

    public Task DoAsync(List<int> numbers)
    {
        Seen.Add(string.Join(',', numbers));
        numbers.Clear();
        return Task.CompletedTask;
    }

    public Task<int> AddAsync(int a, int b) => Task.FromResult(a + b);

    public async Task<string> AddAsync(string a, string b)
    {
        await Task.Yield();
        return a + b;
    }

    public ValueTask<Shape> EchoAsync(Shape shape) => new(shape);

    public ValueTask NothingAsync() => default;

    public Task<bool> FlagsAsync(CancellationToken cancellationToken) => Task.FromResult(cancellationToken.IsCancellationRequested);

    public Task FireAsync(string text)
    {
        Seen.Add(text);
        return Task.CompletedTask;
    }

    public async Task FailAsync()
    {
        await Task.Yield();
        throw new CodedException(7, "failed");
    }

    public Task<List<int>> KeepAsync(List<int> numbers) => Task.FromResult(numbers);

    public Task<ISampleGrain> PassAsync(ISampleGrain other, ISampleObserver observer)
    {
        observer.Notify("passed");
        return Task.FromResult(other);
    }

    public async IAsyncEnumerable<int> CountAsync(int to, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < to; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
            yield return i;
        }
    }

    public Task<string> GetNameAsync() => Task.FromResult("name");
}

public sealed class SampleObserver : ISampleObserver
{
    public List<string> Seen { get; } = [];

    public void Notify(string text) => Seen.Add(text);
}

public class UnnamedGrain : IGrainWithStringKeyUser;

public interface IGrainWithStringKeyUser : IGrainWithStringKey;
