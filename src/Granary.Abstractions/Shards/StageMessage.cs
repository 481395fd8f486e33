namespace Granary.Shards;

/// <summary>A step on its way through the stages of a replica.</summary>
/// <param name="Epoch">The replica's epoch: a stage that knows another one refuses it.</param>
/// <param name="Route">Keys of the replica's <see cref="IStageGrain"/>s, in the order of their layers; the first one is the head's.</param>
/// <param name="Step">The step, with the hidden states of the stage before.</param>
[GenerateSerializer, Immutable, Alias("granary.stage-message")]
public sealed record StageMessage([property: Id(0)] int Epoch, [property: Id(1)] string[] Route, [property: Id(2)] StageStep Step);
