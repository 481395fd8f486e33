namespace Granary.Conformance.Failure;

public interface IFailureGrain : IGrainWithStringKey
{
    Task<(Guid Activation, SiloAddress Silo)> CallAsync();

    /// <summary>Raises <c>key/in</c> and stays inside for ever.</summary>
    Task HangAsync();

    /// <summary>Yields one item and no second.</summary>
    IAsyncEnumerable<int> HangAfterOneAsync();
}

internal sealed class FailureGrain(ILocalSiloDetails silo) : Grain, IFailureGrain
{
    private readonly Guid _activation = Guid.NewGuid();

    public Task<(Guid Activation, SiloAddress Silo)> CallAsync() => Task.FromResult((_activation, silo.SiloAddress));

    public Task HangAsync()
    {
        Signals.Raise($"{this.GetPrimaryKeyString()}/in");
        return new TaskCompletionSource().Task;
    }

    public async IAsyncEnumerable<int> HangAfterOneAsync()
    {
        yield return 1;
        Signals.Raise($"{this.GetPrimaryKeyString()}/in");
        await new TaskCompletionSource().Task;
    }
}
