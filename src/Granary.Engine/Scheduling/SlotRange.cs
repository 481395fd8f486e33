using Granary.Engine.Execution;

namespace Granary.Engine.Scheduling;

/// <summary>
/// Who holds which slot of one length class. A decode runs over the class's first slots without a hole (the batch
/// dimension of the past must be the batch), so decoding sequences are kept in front and a hole among them is filled with
/// the last one.
/// </summary>
/// <remarks>
/// Invariant: decoding sequences hold the first slots, prefilling ones the next in the order in which they came, both
/// without holes; what is kept lies anywhere behind them.
/// </remarks>
internal sealed class SlotRange(IModelRunner runner, SlotClass slots)
{
    private readonly ISlotHolder?[] _holders = new ISlotHolder?[slots.Slots]; // by slot − FirstSlot
    private int _prefilling;
    private int _kept;

    /// <summary>The first slot.</summary>
    public int FirstSlot => slots.FirstSlot;

    /// <summary>Tokens that a slot holds.</summary>
    public int SlotTokens => slots.SlotTokens;

    /// <summary>Number of decoding sequences.</summary>
    public int Decoding { get; private set; }

    /// <summary>Number of sequences that decode or prefill.</summary>
    public int Running => Decoding + _prefilling;

    /// <summary>Whether a slot is free.</summary>
    public bool HasFree => Running + _kept < _holders.Length;

    /// <summary>The holder of the class's <paramref name="index"/>th slot, from 0.</summary>
    public ISlotHolder this[int index] => _holders[index] ?? throw new InvalidOperationException($"Slot {FirstSlot + index} is free.");

    /// <summary>Whether a slot is one of these.</summary>
    public bool Contains(int slot) => slots.Contains(slot);

    /// <summary>Gives a slot to a sequence whose tokens are to be computed, behind those already prefilling.</summary>
    public void AddPrefilling(ISlotHolder holder)
    {
        Vacate(Running);
        Place(holder, Running);
        _prefilling++;
    }

    /// <summary>Gives a slot to a sequence that decodes. What it has computed is copied from the slot that it holds, if it holds one.</summary>
    public void AddDecoding(ISlotHolder holder)
    {
        Vacate(Running);
        for (int index = Running; index > Decoding; index--)
        {
            Move(index - 1, index);
        }

        if (holder.Slot is { } from)
        {
            runner.CopySlot(from, FirstSlot + Decoding, holder.ComputedTokens);
        }

        Place(holder, Decoding);
        Decoding++;
    }

    /// <summary>Lets the prefilling sequence that came first decode.</summary>
    public void Promote(ISlotHolder holder)
    {
        if (IndexOf(holder) != Decoding)
        {
            throw new InvalidOperationException($"Slot {holder.Slot} is not the first that prefills.");
        }

        Decoding++;
        _prefilling--;
    }

    /// <summary>Takes a holder's slot away.</summary>
    public void Release(ISlotHolder holder)
    {
        int index = IndexOf(holder);
        holder.Slot = null;
        Clear(index);
    }

    /// <summary>Takes away the slot at an index, whose holder may hold another one already.</summary>
    public void Clear(int index)
    {
        _holders[index] = null;
        if (index >= Running)
        {
            _kept--;
            return;
        }

        if (index < Decoding)
        {
            Decoding--;
            if (index != Decoding)
            {
                Move(Decoding, index);
            }

            index = Decoding; // the hole is now between the decoding and the prefilling ones
        }
        else
        {
            _prefilling--;
        }

        for (; index < Running; index++)
        {
            Move(index + 1, index);
        }
    }

    /// <summary>
    /// Hands the slot of a sequence that leaves over to what keeps its keys and values, and moves it out of the running
    /// ones' way. Needs a free slot, unless the sequence holds the last one of those that run.
    /// </summary>
    /// <param name="leaving">A running sequence; holds no slot afterwards.</param>
    /// <param name="keeper">Has the same computed tokens.</param>
    /// <returns><see langword="false"/> when there is no room to move; nothing has changed then.</returns>
    public bool TryKeep(ISlotHolder leaving, ISlotHolder keeper)
    {
        int index = IndexOf(leaving);
        if (index == Running - 1)
        {
            _holders[index] = null;
            (Decoding, _prefilling) = _prefilling == 0 ? (Decoding - 1, 0) : (Decoding, _prefilling - 1);
            Place(keeper, index);
        }
        else if (HasFree)
        {
            int free = Array.LastIndexOf(_holders, null);
            runner.CopySlot(FirstSlot + index, FirstSlot + free, keeper.ComputedTokens);
            Clear(index);
            Place(keeper, free);
        }
        else
        {
            return false;
        }

        leaving.Slot = null;
        _kept++;
        return true;
    }

    private int IndexOf(ISlotHolder holder) =>
        holder.Slot is { } slot && Contains(slot) ? slot - FirstSlot : throw new InvalidOperationException($"Slot {holder.Slot} is not of this class.");

    // Only what is kept can be in the way there.
    private void Vacate(int index)
    {
        if (_holders[index] is not null)
        {
            Move(index, Array.LastIndexOf(_holders, null));
        }
    }

    private void Move(int from, int to)
    {
        ISlotHolder holder = this[from];
        if (_holders[to] is not null)
        {
            throw new InvalidOperationException($"Slot {FirstSlot + to} is held.");
        }

        runner.CopySlot(FirstSlot + from, FirstSlot + to, holder.ComputedTokens);
        _holders[from] = null;
        Place(holder, to);
    }

    private void Place(ISlotHolder holder, int index)
    {
        _holders[index] = holder;
        holder.Slot = FirstSlot + index;
    }
}
