namespace Granary.Conformance.Exceptions;

[GenerateSerializer]
public sealed class QuotaException : Exception
{
    public QuotaException(string message, int limit, string? field)
        : base(message)
    {
        Limit = limit;
        Field = field;
    }

    [Id(0)] public int Limit { get; private set; }

    [Id(1)] public string? Field { get; private set; }
}

public interface IThrowingGrain : IGrainWithStringKey
{
    Task<SiloAddress> WhereAsync();

    Task ThrowArgumentAsync();

    Task<int> ThrowQuotaAsync();

    /// <summary>Throws before its first await, and not as a failed task.</summary>
    Task ThrowAtOnceAsync();

    Task ThrowNestedAsync();

    IAsyncEnumerable<int> CountThenThrowAsync(int count);

    Task<string> CallAndDescribeAsync(IThrowingGrain other);
}

internal sealed class ThrowingGrain(ILocalSiloDetails silo) : Grain, IThrowingGrain
{
    public Task<SiloAddress> WhereAsync() => Task.FromResult(silo.SiloAddress);

    public async Task ThrowArgumentAsync()
    {
        await Task.Yield();
        throw new ArgumentException("No such thing.");
    }

    public async Task<int> ThrowQuotaAsync()
    {
        await Task.Yield();
        throw new QuotaException("Too much.", 42, "tokens");
    }

    public Task ThrowAtOnceAsync() => throw new InvalidOperationException("At once.");

    public Task ThrowNestedAsync() => throw new InvalidOperationException("Outer.", new QuotaException("Inner.", 7, null));

    public async IAsyncEnumerable<int> CountThenThrowAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            yield return i;
        }

        await Task.Yield();
        throw new QuotaException("Stream ended badly.", count, "items");
    }

    public async Task<string> CallAndDescribeAsync(IThrowingGrain other)
    {
        try
        {
            await other.ThrowQuotaAsync();
            return "nothing";
        }
        catch (QuotaException error)
        {
            return $"{error.Message} {error.Limit} {error.Field}";
        }
    }
}
