namespace Granary.Engine.Kv.Transfer;

/// <summary>Keys and values that came from another engine, on their way into host memory.</summary>
/// <param name="index">Which block of the sequence it is.</param>
/// <param name="hash">Their name.</param>
/// <param name="kv">A block, or the part of one.</param>
/// <param name="isWhole">Whether it is a whole block.</param>
internal sealed class ImportedBlock(int index, BlockHash hash, ReadOnlyMemory<byte> kv, bool isWhole)
{
    public int Index => index;

    public BlockHash Hash => hash;

    public ReadOnlyMemory<byte> Kv => kv;

    public bool IsWhole => isWhole;

    /// <summary>Set by the engine's thread once it needs the bytes no more.</summary>
    public TaskCompletionSource Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
