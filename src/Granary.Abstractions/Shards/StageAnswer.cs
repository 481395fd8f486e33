namespace Granary.Shards;

/// <summary>What became of a step. Exactly one of <paramref name="Result"/> and <paramref name="Error"/> is set.</summary>
/// <param name="Epoch">The replica's epoch.</param>
/// <param name="Lane">The step's lane.</param>
/// <param name="Number">The step's number.</param>
/// <param name="Result">The last stage's result.</param>
/// <param name="Error">Why a stage did not compute it.</param>
[GenerateSerializer, Immutable, Alias("granary.stage-answer")]
public sealed record StageAnswer(
    [property: Id(0)] int Epoch, [property: Id(1)] int Lane, [property: Id(2)] long Number, [property: Id(3)] StageResult? Result, [property: Id(4)] string? Error);
