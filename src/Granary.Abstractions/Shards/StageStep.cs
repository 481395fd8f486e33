namespace Granary.Shards;

/// <summary>One step's message to a stage. B rows, S new tokens a row: either S is 1, or B is.</summary>
[GenerateSerializer, Immutable, Alias("granary.stage-step")]
public sealed record StageStep
{
    /// <summary>Which batch it belongs to. Steps of a lane are never under way at the same time.</summary>
    [Id(0)] public required int Lane { get; init; }

    /// <summary>Number of the step in its lane, from 1, without gaps: a stage that sees another one was replaced, or a message came twice.</summary>
    [Id(1)] public required long Number { get; init; }

    /// <summary>The slot of the first row; the other rows' slots follow it.</summary>
    [Id(2)] public required int FirstSlot { get; init; }

    /// <summary>S.</summary>
    [Id(3)] public required int TokensPerRow { get; init; }

    /// <summary>[B], tokens that each row's slot holds already.</summary>
    [Id(4)] public required int[] Pasts { get; init; }

    /// <summary>Slots to be copied before the step, in this order.</summary>
    [Id(5)] public SlotCopy[] Copies { get; init; } = [];

    /// <summary>How <see cref="Hidden"/> is written.</summary>
    [Id(6)] public required HiddenFormat Format { get; init; }

    /// <summary>Hidden states [B·S, H].</summary>
    [Id(7)] public required byte[] Hidden { get; init; }

    /// <summary>The message to the next stage.</summary>
    public StageStep Next(StageResult result) => this with { Hidden = result.Hidden };
}
