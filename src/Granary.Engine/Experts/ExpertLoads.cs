using Granary.Shards;

namespace Granary.Engine.Experts;

/// <summary>How many tokens chose each expert: what a balancer works with. From any thread.</summary>
public sealed class ExpertLoads
{
    private long[]?[] _tokens = []; // [layer][expert]
    private readonly Lock _lock = new();

    /// <summary>The counts since the last reset, of experts that were chosen at all.</summary>
    /// <param name="reset">Whether to begin again at 0.</param>
    public IReadOnlyDictionary<ExpertId, long> Read(bool reset)
    {
        var counts = new Dictionary<ExpertId, long>();
        long[]?[] layers = Volatile.Read(ref _tokens);
        for (int layer = 0; layer < layers.Length; layer++)
        {
            for (int expert = 0; expert < (layers[layer]?.Length ?? 0); expert++)
            {
                ref long count = ref layers[layer]![expert];
                long tokens = reset ? Interlocked.Exchange(ref count, 0) : Interlocked.Read(ref count);
                if (tokens > 0)
                {
                    counts[new ExpertId(layer, expert)] = tokens;
                }
            }
        }

        return counts;
    }

    /// <summary>Adds the tokens of each expert of a layer.</summary>
    internal void Add(int layer, ReadOnlySpan<int> tokens)
    {
        long[] counts = CountsOf(layer, tokens.Length);
        for (int expert = 0; expert < tokens.Length; expert++)
        {
            if (tokens[expert] > 0)
            {
                Interlocked.Add(ref counts[expert], tokens[expert]);
            }
        }
    }

    private long[] CountsOf(int layer, int experts)
    {
        long[]?[] layers = Volatile.Read(ref _tokens);
        if (layer < layers.Length && layers[layer] is { } counts)
        {
            return counts;
        }

        lock (_lock)
        {
            long[]?[] grown = _tokens;
            if (layer >= grown.Length)
            {
                Array.Resize(ref grown, layer + 1);
            }

            // A new outer array, so that readers without the lock see counts whole.
            grown = [.. grown];
            counts = grown[layer] ??= new long[experts];
            Volatile.Write(ref _tokens, grown);
            return counts;
        }
    }
}
