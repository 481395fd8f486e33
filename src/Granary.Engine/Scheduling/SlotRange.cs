using Granary.Engine.Execution;

namespace Granary.Engine.Scheduling;

/// <summary>
/// Who holds which slot of one length class. A decode runs over the class's first slots without a hole (the batch
/// dimension of the past must be the batch), so decoding sequences are kept in front and a hole among them is filled with
/// the last one.
/// </summary>
/// <remarks>
/// Invariant: slots [0, <see cref="Decoding"/>) of the class hold the decoding sequences; prefilling ones, and what is kept,
/// lie anywhere behind them and move only when a decoding one needs the place.
/// </remarks>
internal sealed class SlotRange(IModelRunner runner, SlotClass slots)
{
    private readonly ISlotHolder?[] _holders = new ISlotHolder?[slots.Slots]; // by slot − FirstSlot
    private int _held;

    /// <summary>The first slot.</summary>
    public int FirstSlot => slots.FirstSlot;

    /// <summary>Number of slots.</summary>
    public int Slots => _holders.Length;

    /// <summary>Tokens that a slot holds.</summary>
    public int SlotTokens => slots.SlotTokens;

    /// <summary>Number of decoding sequences.</summary>
    public int Decoding { get; private set; }

    /// <summary>Number of sequences that decode or prefill.</summary>
    public int Running
    {
        get
        {
            int running = Decoding;
            for (int index = Decoding; index < _holders.Length; index++)
            {
                running += _holders[index] is Sequence ? 1 : 0;
            }

            return running;
        }
    }

    /// <summary>Whether a slot is free.</summary>
    public bool HasFree => _held < _holders.Length;

    /// <summary>The holder of the class's <paramref name="index"/>th slot, from 0, if it has one.</summary>
    public ISlotHolder? this[int index] => _holders[index];

    /// <summary>Whether a slot is one of these.</summary>
    public bool Contains(int slot) => slots.Contains(slot);

    /// <summary>Gives a free slot to a sequence whose tokens are to be computed.</summary>
    /// <param name="holder">Holds none.</param>
    /// <param name="forLong">Whether that takes more than this step: it then lies at the end, out of others' way.</param>
    public void AddPrefilling(ISlotHolder holder, bool forLong)
    {
        Place(holder, forLong ? Array.LastIndexOf(_holders, null) : Array.IndexOf(_holders, null, Decoding));
        _held++;
    }

    /// <summary>Gives a free slot to a sequence that decodes. What it has computed is copied from the slot that it holds, if it holds one.</summary>
    public void AddDecoding(ISlotHolder holder)
    {
        if (_holders[Decoding] is not null)
        {
            Move(Decoding, Array.LastIndexOf(_holders, null));
        }

        if (holder.Slot is { } from)
        {
            runner.CopySlot(from, FirstSlot + Decoding, holder.ComputedTokens);
        }

        Place(holder, Decoding);
        _held++;
        Decoding++;
    }

    /// <summary>Lets a prefilling sequence decode.</summary>
    public void Promote(ISlotHolder holder)
    {
        Exchange(IndexOf(holder), Decoding);
        Decoding++;
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
        _held--;
        if (index >= Decoding)
        {
            return;
        }

        Decoding--;
        if (index != Decoding)
        {
            Move(Decoding, index);
        }
    }

    /// <summary>Hands the slot of a sequence that leaves over to what keeps its keys and values.</summary>
    /// <param name="leaving">A running sequence; holds no slot afterwards.</param>
    /// <param name="keeper">Has the same computed tokens.</param>
    public void Keep(ISlotHolder leaving, ISlotHolder keeper)
    {
        int index = IndexOf(leaving);
        leaving.Slot = null;
        Place(keeper, index);
        if (index < Decoding)
        {
            Decoding--;
            Exchange(Decoding, index);
        }
    }

    /// <summary>Lets a sequence go on in a slot that was kept.</summary>
    /// <param name="keeper">Holds no slot afterwards.</param>
    /// <param name="taker">Prefills from now on; how much of the slot it can use is for the caller to say.</param>
    public void Adopt(ISlotHolder keeper, ISlotHolder taker)
    {
        int index = IndexOf(keeper);
        keeper.Slot = null;
        Place(taker, index);
    }

    private int IndexOf(ISlotHolder holder) =>
        holder.Slot is { } slot && Contains(slot) ? slot - FirstSlot : throw new InvalidOperationException($"Slot {holder.Slot} is not of this class.");

    private ISlotHolder HolderOf(int index) => _holders[index] ?? throw new InvalidOperationException($"Slot {FirstSlot + index} is free.");

    /// <summary>Brings the holder at an index to another place, whose holder, if there is one, goes where there is room.</summary>
    private void Exchange(int from, int to)
    {
        if (from == to)
        {
            return;
        }

        if (_holders[to] is not { } inTheWay)
        {
            Move(from, to);
            return;
        }

        if (HasFree)
        {
            Move(to, Array.LastIndexOf(_holders, null));
            Move(from, to);
            return;
        }

        ISlotHolder holder = HolderOf(from);
        SlotSwap.Swap(runner, holder, inTheWay);
        Place(holder, to);
        Place(inTheWay, from);
    }

    private void Move(int from, int to)
    {
        ISlotHolder holder = HolderOf(from);
        if (_holders[to] is not null)
        {
            throw new InvalidOperationException($"Slot {FirstSlot + to} is held.");
        }

        if (holder is not Sequence { Error: not null }) // what has failed is not computed any further: a device that copies nothing any more need not be asked
        {
            runner.CopySlot(FirstSlot + from, FirstSlot + to, holder.ComputedTokens);
        }

        _holders[from] = null;
        Place(holder, to);
    }

    private void Place(ISlotHolder holder, int index)
    {
        _holders[index] = holder;
        holder.Slot = FirstSlot + index;
    }
}
