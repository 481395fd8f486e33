using Granary.Engine.Execution;

namespace Granary.Engine.Scheduling;

/// <summary>Who holds which slot, over all length classes.</summary>
internal sealed class SlotTable
{
    private readonly SlotRange[] _classes;

    public SlotTable(IModelRunner runner) => _classes = [.. runner.Classes.Select(slots => new SlotRange(runner, slots))];

    /// <summary>The classes, shortest first.</summary>
    public ReadOnlySpan<SlotRange> Classes => _classes;

    /// <summary>Part of all slots' tokens that lie in slots of running sequences, 0–1.</summary>
    public double Usage
    {
        get
        {
            long held = 0;
            long all = 0;
            foreach (SlotRange range in _classes)
            {
                held += (long)range.Running * range.SlotTokens;
                all += (long)range.Slots * range.SlotTokens;
            }

            return (double)held / all;
        }
    }

    /// <summary>The sequences that decode or prefill.</summary>
    public IEnumerable<Sequence> Running() =>
        _classes.SelectMany(range => Enumerable.Range(0, range.Slots).Select(index => range[index])).OfType<Sequence>();

    /// <summary>The shortest class whose slots hold so many tokens; the longest if none does.</summary>
    /// <returns>Its index.</returns>
    public int ClassFor(int tokens)
    {
        int index = 0;
        while (index < _classes.Length - 1 && _classes[index].SlotTokens < tokens)
        {
            index++;
        }

        return index;
    }

    /// <summary>The shortest class with a free slot in a range of classes.</summary>
    public SlotRange? FindFree(int firstClass, int endClass)
    {
        for (int index = firstClass; index < endClass; index++)
        {
            if (_classes[index].HasFree)
            {
                return _classes[index];
            }
        }

        return null;
    }

    /// <summary>The class of a holder's slot.</summary>
    public SlotRange RangeOf(ISlotHolder holder) => _classes[ClassOf(holder)];

    /// <summary>The index of the class of a holder's slot.</summary>
    public int ClassOf(ISlotHolder holder)
    {
        for (int index = 0; index < _classes.Length; index++)
        {
            if (holder.Slot is { } slot && _classes[index].Contains(slot))
            {
                return index;
            }
        }

        throw new InvalidOperationException("It holds no slot.");
    }

    /// <summary>Moves a decoding sequence into a free slot of another class.</summary>
    public void Move(Sequence sequence, SlotRange to)
    {
        SlotRange from = RangeOf(sequence);
        int index = sequence.Slot!.Value - from.FirstSlot;
        to.AddDecoding(sequence);
        from.Clear(index);
    }

    /// <summary>Takes a holder's slot away.</summary>
    public void Release(ISlotHolder holder) => RangeOf(holder).Release(holder);
}
