using System.Collections.Concurrent;
using Orleans.Concurrency;

namespace Granary.Conformance.Activation;

[GenerateSerializer, Immutable]
public sealed record Incarnation([property: Id(0)] Guid Activation, [property: Id(1)] SiloAddress Silo, [property: Id(2)] int Calls);

public interface IActivationGrain : IGrainWithStringKey
{
    Task<Incarnation> CallAsync();

    /// <summary>Raises <c>key/in</c> and stays inside until <c>key/go</c>.</summary>
    Task<Incarnation> HoldAsync();

    [AlwaysInterleave]
    Task DeactivateAsync();

    [AlwaysInterleave]
    Task DelayDeactivationAsync(TimeSpan time);
}

public interface IKeptGrain : IActivationGrain;

internal abstract class ActivationGrainBase(ILocalSiloDetails silo) : Grain, IActivationGrain
{
    /// <summary>Activations so far, by key.</summary>
    public static readonly ConcurrentDictionary<string, int> Activations = new(StringComparer.Ordinal);

    /// <summary>Reasons of deactivation, by key.</summary>
    public static readonly ConcurrentDictionary<string, DeactivationReasonCode> Reasons = new(StringComparer.Ordinal);

    private readonly Guid _activation = Guid.NewGuid();
    private int _calls;

    private string Key => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Activations.AddOrUpdate(Key, 1, (_, count) => count + 1);
        await Task.Yield();
        if (Key.StartsWith("broken", StringComparison.Ordinal))
        {
            throw new InvalidOperationException("Cannot wake.");
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Reasons[Key] = reason.ReasonCode;
        Signals.Raise($"{Key}/deactivated");
        return Task.CompletedTask;
    }

    public Task<Incarnation> CallAsync() => Task.FromResult(new Incarnation(_activation, silo.SiloAddress, ++_calls));

    public async Task<Incarnation> HoldAsync()
    {
        Signals.Raise($"{Key}/in");
        await Signals.WaitAsync($"{Key}/go");
        return await CallAsync();
    }

    public Task DeactivateAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task DelayDeactivationAsync(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }
}

internal sealed class ActivationGrain(ILocalSiloDetails silo) : ActivationGrainBase(silo), IActivationGrain;

[KeepAlive]
internal sealed class KeptGrain(ILocalSiloDetails silo) : ActivationGrainBase(silo), IKeptGrain;
