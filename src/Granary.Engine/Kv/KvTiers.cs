using Granary.Engine.Execution;
using Granary.Engine.Scheduling;

namespace Granary.Engine.Kv;

/// <summary>
/// All tiers of one engine's keys and values, as its scheduler uses them: slots that are kept, host memory, disk. Engine's
/// thread only.
/// </summary>
internal sealed class KvTiers
{
    private readonly BlockStore _store;
    private readonly MoveBudget _moves = new();
    private readonly List<Sequence> _loading = [];
    private readonly List<Sequence> _loaded = [];

    /// <param name="runner">Computes, and copies keys and values.</param>
    /// <param name="slots">The device's slots.</param>
    /// <param name="store">What is below them; disposed by its owner.</param>
    /// <param name="options">How long slots are kept.</param>
    /// <param name="timeProvider">The clock.</param>
    public KvTiers(IModelRunner runner, SlotTable slots, BlockStore store, EngineOptions options, TimeProvider timeProvider)
    {
        _store = store;
        Kept = new KeptSlots(runner, slots, store, _moves, options.KvRetainFor, timeProvider);
        Prefixes = new PrefixCache(runner, slots, Kept, store, _moves);
    }

    /// <summary>Slots of sequences that have left.</summary>
    public KeptSlots Kept { get; }

    /// <summary>Finds what was computed before.</summary>
    public PrefixCache Prefixes { get; }

    /// <summary>The tiers below the slots.</summary>
    public BlockStore Store => _store;

    /// <summary>Sequences whose keys and values are on their way from disk.</summary>
    public IReadOnlyList<Sequence> Loading => _loading;

    /// <summary>Takes a waiting sequence out of its queue if keys and values that it can use are on disk; <see cref="Tend"/> puts it back when they are in host memory.</summary>
    public bool TryLoad(Sequence sequence, FairQueue waiting)
    {
        if (!Prefixes.TryLoad(sequence))
        {
            return false;
        }

        waiting.Suspend(sequence);
        sequence.State = SequenceState.Loading;
        _loading.Add(sequence);
        return true;
    }

    /// <summary>Forgets a loading sequence that leaves.</summary>
    public void Leave(Sequence loading) => _loading.Remove(loading);

    /// <summary>Begins a step: takes in what the disk has done, and sends down what nobody has used for long.</summary>
    /// <returns>How long there is nothing to do, if nothing arrives.</returns>
    public TimeSpan Tend(FairQueue waiting)
    {
        _moves.Begin();
        _store.Receive(_loaded);
        foreach (Sequence sequence in _loaded)
        {
            if (_loading.Remove(sequence))
            {
                sequence.State = SequenceState.Waiting;
                waiting.Return(sequence);
            }
        }

        _loaded.Clear();
        return Earlier(Kept.SpillIdle(), _store.RestForDisk());
    }

    private static TimeSpan Earlier(TimeSpan one, TimeSpan other) =>
        one == Timeout.InfiniteTimeSpan || (other != Timeout.InfiniteTimeSpan && other < one) ? other : one;
}
