namespace Granary.Shards;

/// <summary>What a stage has computed of a step.</summary>
[GenerateSerializer, Immutable, Alias("granary.stage-result")]
public sealed record StageResult
{
    /// <summary>Hidden states [B·S, H] in the step's format; of the last stage those of each row's last token alone: [B, H].</summary>
    [Id(0)] public required byte[] Hidden { get; init; }

    /// <summary>How long the stage computed.</summary>
    [Id(1)] public TimeSpan Computed { get; init; }
}
