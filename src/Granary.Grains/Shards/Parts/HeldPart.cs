using Granary.Deployments;
using Granary.Engine.Stages;

namespace Granary.Shards;

/// <summary>A part that this silo was given. Written by the work of <see cref="LocalParts"/>, but for the order.</summary>
internal sealed class HeldPart(PartOrder order)
{
    private volatile PartOrder _order = order;

    /// <summary>What it is to be.</summary>
    public PartOrder Order
    {
        get => _order;
        set => _order = value;
    }

    public PartState State { get; set; }

    public string? Error { get; set; }

    public long FailedAt { get; set; }

    /// <summary>Of a head, or a replica of one stage.</summary>
    public LocalModel? Model { get; set; }

    /// <summary>Of another stage.</summary>
    public IStage? Stage { get; set; }

    /// <summary>Of the head of several stages.</summary>
    public RemoteStages? Link { get; set; }

    /// <summary>Whether it lost a step, so that all stages must begin anew.</summary>
    public bool IsBroken => State == PartState.Ready && NeedsOthers && Model is { Engine.Status.IsStuck: true };

    /// <summary>Whether it is to be loaded. A head is when its other stages and spread experts are ready: it can be asked at once.</summary>
    public bool IsDue => State is PartState.Waiting or PartState.Failed && (!NeedsOthers || Order.OthersReady);

    private bool IsHead => Order.Part.Stage == 0 && Order.Stages.Length > 1;

    private bool NeedsOthers => IsHead || (Order.SpreadExperts && Order.Part.Stage == 0);

    /// <summary>Whether it goes on under another order. A head does not in another epoch: its generations have lost keys and values in other stages.</summary>
    public bool Serves(PartOrder other) =>
        (!IsHead || Order.Part.Epoch == other.Part.Epoch)
        && Order.Limits == other.Limits && Order.Wire == other.Wire && Order.SpreadExperts == other.SpreadExperts
        && Order.Stages.Select(stage => (stage.FirstLayer, stage.Layers)).SequenceEqual(other.Stages.Select(stage => (stage.FirstLayer, stage.Layers)));
}
