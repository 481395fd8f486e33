namespace Granary.Engine.Kv;

/// <summary>How far keys and values got on their way down.</summary>
internal enum SpillProgress
{
    /// <summary>All whole blocks are below.</summary>
    Done,

    /// <summary>This step has moved as much as it may.</summary>
    NextStep,

    /// <summary>Every place of host memory waits for the disk.</summary>
    Blocked,
}
