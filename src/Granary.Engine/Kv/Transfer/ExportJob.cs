using System.Collections.Concurrent;
using System.Threading.Channels;
using Granary.Engine.Scheduling;

namespace Granary.Engine.Kv.Transfer;

/// <summary>One generation on its way out: the engine's thread fills buffers with its keys and values, the exporter writes them and gives them back.</summary>
/// <param name="sequence">The generation.</param>
internal sealed class ExportJob(Sequence sequence)
{
    // Some are filled, one a step at least, while others are written.
    private const int Buffers = 8;

    /// <summary>The generation.</summary>
    public Sequence Sequence => sequence;

    /// <summary>What it was when it stopped here; fails if there is nothing to export.</summary>
    public TaskCompletionSource<SequenceSnapshot> Detached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Keys and values in order: tokens, and the buffer that holds them.</summary>
    public Channel<(int Tokens, byte[] Kv)> Parts { get; } = Channel.CreateUnbounded<(int Tokens, byte[] Kv)>();

    /// <summary>Buffers that may be filled.</summary>
    public ConcurrentQueue<byte[]> Free { get; } = new();

    /// <summary>Whether the other side has all of it; set before the job ends.</summary>
    public bool HasArrived { get; set; }

    /// <summary>Where the keys and values are. Engine's thread only, as all that follows.</summary>
    public KeptKv? Kept { get; private set; }

    /// <summary>Tokens that were put into buffers.</summary>
    public int ReadTokens { get; set; }

    /// <summary>Begins to export what was detached.</summary>
    /// <param name="kept">Holds the keys and values; <see langword="null"/> where there are none.</param>
    /// <param name="partBytes">Bytes of a buffer.</param>
    public void Begin(KeptKv? kept, int partBytes)
    {
        Kept = kept;
        if (kept is null)
        {
            Parts.Writer.Complete();
            return;
        }

        for (int buffer = 0; buffer < Buffers; buffer++)
        {
            Free.Enqueue(new byte[partBytes]);
        }
    }
}
