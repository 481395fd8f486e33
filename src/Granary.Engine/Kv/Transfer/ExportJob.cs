using System.Collections.Concurrent;
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

    /// <summary>The chapter that is being written.</summary>
    public ExportChapter Chapter { get; private set; } = new();

    /// <summary>Buffers that may be filled.</summary>
    public ConcurrentQueue<byte[]> Free { get; } = new();

    /// <summary>Whether the other side has all of it; set before the job ends.</summary>
    public bool HasArrived { get; set; }

    /// <summary>Chapters that were begun. Engine's thread only, as all that follows.</summary>
    public int Chapters { get; private set; }

    /// <summary>Where the keys and values are once the generation has stopped; <see langword="null"/> before, and where there are none.</summary>
    public KeptKv? Kept { get; set; }

    /// <summary>Keys and values of a generation that was parked when it stopped.</summary>
    public ParkedKv? Parked => sequence.State is SequenceState.Exporting ? sequence.Parked : null;

    /// <summary>Tokens that were put into buffers.</summary>
    public int ReadTokens { get; set; }

    /// <summary>The slot where the keys and values are now, if one has them.</summary>
    public int? Slot => Kept?.Slot ?? (sequence.State is SequenceState.Decoding ? sequence.Slot : null);

    /// <summary>To be called by the exporter before it asks for a chapter.</summary>
    public ExportChapter NextChapter() => Chapter = new ExportChapter();

    /// <summary>Begins a chapter.</summary>
    /// <param name="snapshot">What the generation is.</param>
    /// <param name="partBytes">Bytes of a buffer.</param>
    public void Begin(SequenceSnapshot snapshot, int partBytes)
    {
        for (int buffer = 0; Chapters == 0 && buffer < Buffers; buffer++)
        {
            Free.Enqueue(new byte[partBytes]);
        }

        Chapters++;
        Chapter.EndTokens = snapshot.ComputedTokens;
        Chapter.Begun.SetResult(snapshot);
        if (ReadTokens == Chapter.EndTokens)
        {
            Chapter.Parts.Writer.Complete();
        }
    }
}
