using Granary.Engine.Scheduling;

namespace Granary.Engine.Kv;

/// <summary>Consecutive blocks of one prefix on their way from disk into reserved places of the host tier.</summary>
internal sealed class KvLoad
{
    /// <summary>The blocks in order, and where they go.</summary>
    public List<(BlockHash Hash, int Place)> Blocks { get; } = [];

    /// <summary>Sequences that wait for it. Only the engine's thread touches it.</summary>
    public List<Sequence> Waiting { get; } = [];

    /// <summary>Blocks that are in place; those behind them could not be read. Set before the load is handed back.</summary>
    public int Loaded { get; set; }
}
