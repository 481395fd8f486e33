namespace Granary.Conformance.Cancellation;

public interface ICancellationGrain : IGrainWithStringKey
{
    Task<SiloAddress> WhereAsync();

    /// <summary>Raises <c>key/in</c>, waits for the token, raises <c>key/cancelled</c>.</summary>
    Task WaitAsync(CancellationToken cancellationToken);

    /// <summary>The same on another grain.</summary>
    Task WaitOnAsync(ICancellationGrain other, CancellationToken cancellationToken);

    /// <summary>Ends well when the token is cancelled.</summary>
    Task<string> SwallowAsync(CancellationToken cancellationToken);

    Task<bool> CanBeCancelledAsync(int unused, CancellationToken cancellationToken = default);
}

internal sealed class CancellationGrain(ILocalSiloDetails silo) : Grain, ICancellationGrain
{
    private string Key => this.GetPrimaryKeyString();

    public Task<SiloAddress> WhereAsync() => Task.FromResult(silo.SiloAddress);

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        Signals.Raise($"{Key}/in");
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            Signals.Raise($"{Key}/cancelled");
        }
    }

    public Task WaitOnAsync(ICancellationGrain other, CancellationToken cancellationToken) => other.WaitAsync(cancellationToken);

    public async Task<string> SwallowAsync(CancellationToken cancellationToken)
    {
        try
        {
            await WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
        }

        return "done";
    }

    public Task<bool> CanBeCancelledAsync(int unused, CancellationToken cancellationToken = default) => Task.FromResult(cancellationToken.IsCancellationRequested);
}
