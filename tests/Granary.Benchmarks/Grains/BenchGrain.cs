namespace Granary.Benchmarks.Grains;

/// <summary>What is called.</summary>
public interface IBenchGrain : IGrainWithStringKey
{
    /// <summary>Answers with its argument.</summary>
    Task<byte[]> EchoAsync(byte[] payload);

    /// <summary>Where it runs.</summary>
    Task<SiloAddress> WhereAsync();

    /// <summary>Yields texts of a token's size as fast as they are taken.</summary>
    IAsyncEnumerable<string> StreamAsync(int count);
}

internal sealed class BenchGrain(ILocalSiloDetails silo) : Grain, IBenchGrain
{
    public Task<byte[]> EchoAsync(byte[] payload) => Task.FromResult(payload);

    public Task<SiloAddress> WhereAsync() => Task.FromResult(silo.SiloAddress);

    public async IAsyncEnumerable<string> StreamAsync(int count)
    {
        await Task.CompletedTask;
        for (var i = 0; i < count; i++)
        {
            yield return "token";
        }
    }
}
