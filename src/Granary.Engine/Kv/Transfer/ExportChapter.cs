using System.Threading.Channels;

namespace Granary.Engine.Kv.Transfer;

/// <summary>A part of an export that is written in one go: what the generation is at its beginning, and the keys and values that were computed since the chapter before.</summary>
internal sealed class ExportChapter
{
    /// <summary>What the generation is; fails if there is nothing to export.</summary>
    public TaskCompletionSource<SequenceSnapshot> Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Keys and values in order: tokens, and the buffer that holds them. Ends with the chapter.</summary>
    public Channel<(int Tokens, byte[] Kv)> Parts { get; } = Channel.CreateUnbounded<(int Tokens, byte[] Kv)>();

    /// <summary>Tokens of the generation at which the chapter ends. Engine's thread only.</summary>
    public int EndTokens { get; set; }

    /// <summary>Gives it up.</summary>
    public void Fail(Exception reason)
    {
        Begun.TrySetException(reason);
        Parts.Writer.TryComplete(reason);
    }
}
