namespace Granary.Engine.Scheduling;

/// <summary>What a slot can belong to: a sequence that runs, or keys and values that are kept for later ones.</summary>
internal interface ISlotHolder
{
    /// <summary>Its slot. <see cref="SlotTable"/> alone sets it, and may move the holder to another slot of the class at any call.</summary>
    int? Slot { get; set; }

    /// <summary>Tokens whose keys and values the slot holds; they move with it.</summary>
    int ComputedTokens { get; }
}
