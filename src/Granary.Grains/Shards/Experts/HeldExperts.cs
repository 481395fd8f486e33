using Granary.Deployments;
using Granary.Engine.Experts;

namespace Granary.Shards;

/// <summary>A model whose experts are spread, as this silo has it: the experts that are here, and the way to the others.</summary>
internal sealed class HeldExperts(string model, IExpertLoader loader, ExpertTable table, RemoteExperts link) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private volatile PlannedExperts? _order;
    private volatile ExpertSet? _set;

    public string Model => model;

    /// <summary>The way to the others.</summary>
    public RemoteExperts Link => link;

    public ExpertLoads Loads { get; } = new();

    /// <summary>Those that are here; <see langword="null"/> until the model's files are open.</summary>
    public ExpertSet? Set => _set;

    /// <summary>What is to be; <see langword="null"/> until it is told.</summary>
    public PlannedExperts? Order
    {
        get => _order;
        set
        {
            _order = value;
            link.Place(value?.Holders ?? []);
        }
    }

    /// <summary>The order whose experts are here.</summary>
    public int AppliedVersion { get; set; }

    public string? Error { get; set; }

    public long FailedAt { get; set; }

    /// <summary>When nobody ordered it any more; <see langword="null"/> while somebody does.</summary>
    public long? LeftAt { get; set; }

    /// <summary>Opens the model's files, unless they are.</summary>
    public async Task<ExpertSet> OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            return _set ??= await loader.LoadAsync(model, cancellationToken);
        }
        finally
        {
            _opening.Release();
        }
    }

    public ExpertReport Report(bool withTokens) => new()
    {
        Model = model,
        Version = Order?.Version ?? 0,
        AppliedVersion = AppliedVersion,
        Error = Error,
        Tokens = withTokens ? Tokens() : null,
    };

    public async ValueTask DisposeAsync()
    {
        if (Set is { } set)
        {
            await set.DisposeAsync();
        }

        table.Dispose();
        _opening.Dispose();
    }

    private long[][]? Tokens()
    {
        var counts = Loads.Read(reset: true);
        if (counts.Count == 0)
        {
            return null;
        }

        var tokens = new long[counts.Keys.Max(id => id.Layer) + 1][];
        for (var layer = 0; layer < tokens.Length; layer++)
        {
            var chosen = counts.Where(count => count.Key.Layer == layer).ToArray();
            tokens[layer] = new long[chosen.Select(count => count.Key.Expert + 1).DefaultIfEmpty(0).Max()];
            foreach (var (id, count) in chosen)
            {
                tokens[layer][id.Expert] = count;
            }
        }

        return tokens;
    }
}
