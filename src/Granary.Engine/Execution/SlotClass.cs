namespace Granary.Engine.Execution;

/// <summary>Consecutive slots of one length: short conversations need not hold long slots.</summary>
/// <param name="FirstSlot">Its first slot.</param>
/// <param name="Slots">How many there are.</param>
/// <param name="SlotTokens">Tokens that each holds.</param>
internal readonly record struct SlotClass(int FirstSlot, int Slots, int SlotTokens)
{
    /// <summary>One past its last slot.</summary>
    public int EndSlot => FirstSlot + Slots;

    /// <summary>Whether a slot is one of these.</summary>
    public bool Contains(int slot) => slot >= FirstSlot && slot < EndSlot;
}
