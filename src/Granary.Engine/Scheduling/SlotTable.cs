using Granary.Engine.Execution;

namespace Granary.Engine.Scheduling;

/// <summary>
/// Who holds which slot. A decode runs over slots 0..n−1 without a hole (the batch dimension of the past must be the
/// batch), so decoding sequences are kept in front and a hole among them is filled with the last one.
/// </summary>
/// <remarks>Invariant: slots [0, <see cref="Decoding"/>) hold the decoding sequences; prefilling ones lie behind them, perhaps with holes.</remarks>
internal sealed class SlotTable(IModelRunner runner)
{
    private readonly Sequence?[] _slots = new Sequence?[runner.Slots];

    /// <summary>Number of decoding sequences.</summary>
    public int Decoding { get; private set; }

    /// <summary>Number of slots held.</summary>
    public int Held { get; private set; }

    /// <summary>Whether a sequence can get a slot.</summary>
    public bool CanAllocate => Held < _slots.Length;

    public Sequence this[int slot] => _slots[slot] ?? throw new InvalidOperationException($"Slot {slot} is free.");

    /// <summary>The sequences that hold a slot.</summary>
    public IEnumerable<Sequence> Holders() => _slots.OfType<Sequence>();

    /// <summary>Gives a sequence the first free slot behind the decoding ones.</summary>
    public void Allocate(Sequence sequence)
    {
        int slot = Decoding;
        while (_slots[slot] is not null)
        {
            slot++;
        }

        Place(sequence, slot);
        Held++;
    }

    /// <summary>Brings the one sequence that is still prefilling to the front, so that later ones line up behind it.</summary>
    public void Compact(Sequence prefilling)
    {
        if (SlotOf(prefilling) != Decoding)
        {
            Move(prefilling, Decoding);
        }
    }

    /// <summary>Lets a sequence whose prompt is complete take part in decodes.</summary>
    public void Promote(Sequence sequence)
    {
        Compact(sequence);
        Decoding++;
    }

    /// <summary>Takes a sequence's slot away.</summary>
    public void Release(Sequence sequence)
    {
        int slot = SlotOf(sequence);
        _slots[slot] = null;
        sequence.Slot = null;
        Held--;
        if (slot >= Decoding)
        {
            return;
        }

        Decoding--;
        if (slot != Decoding)
        {
            Move(this[Decoding], slot);
        }
    }

    private static int SlotOf(Sequence sequence) =>
        sequence.Slot ?? throw new InvalidOperationException($"Sequence {sequence.RequestId} holds no slot.");

    private void Move(Sequence sequence, int to)
    {
        if (_slots[to] is not null)
        {
            throw new InvalidOperationException($"Slot {to} is held.");
        }

        int from = SlotOf(sequence);
        runner.CopySlot(from, to, sequence.ComputedTokens);
        _slots[from] = null;
        Place(sequence, to);
    }

    private void Place(Sequence sequence, int slot)
    {
        _slots[slot] = sequence;
        sequence.Slot = slot;
    }
}
