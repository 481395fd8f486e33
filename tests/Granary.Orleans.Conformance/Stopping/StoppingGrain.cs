namespace Granary.Conformance.Stopping;

public interface IStoppingGrain : IGrainWithStringKey
{
    /// <summary>Changes the state without writing it; the activation writes it when it ends.</summary>
    Task RememberAsync(string text, string witness);

    Task<string> RecallAsync();
}

/// <summary>Hears from activations that end.</summary>
public interface IWitnessGrain : IGrainWithStringKey
{
    Task WitnessAsync(string key, DeactivationReasonCode reason);

    Task<Dictionary<string, DeactivationReasonCode>> GetWitnessedAsync();
}

internal sealed class StoppingGrain([PersistentState("text", KeptStorage.Name)] IPersistentState<StoppingGrain.Memory> memory) : Grain, IStoppingGrain
{
    private string? _witness;

    public Task RememberAsync(string text, string witness)
    {
        memory.State.Text = text;
        _witness = witness;
        return Task.CompletedTask;
    }

    public Task<string> RecallAsync() => Task.FromResult(memory.State.Text);

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_witness is null)
        {
            return;
        }

        await memory.WriteStateAsync();
        if (_witness.Length > 0)
        {
            await GrainFactory.GetGrain<IWitnessGrain>(_witness).WitnessAsync(this.GetPrimaryKeyString(), reason.ReasonCode);
        }

        Signals.Raise($"{this.GetPrimaryKeyString()}/ended");
    }

    [GenerateSerializer]
    public sealed class Memory
    {
        [Id(0)]
        public string Text { get; set; } = "";
    }
}

internal sealed class WitnessGrain : Grain, IWitnessGrain
{
    private readonly Dictionary<string, DeactivationReasonCode> _witnessed = [];

    public Task WitnessAsync(string key, DeactivationReasonCode reason)
    {
        _witnessed[key] = reason;
        return Task.CompletedTask;
    }

    public Task<Dictionary<string, DeactivationReasonCode>> GetWitnessedAsync() => Task.FromResult(_witnessed);
}
