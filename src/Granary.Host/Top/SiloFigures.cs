using Granary.Cluster;

namespace Granary.Host.Top;

/// <summary>One silo at one moment.</summary>
internal sealed record SiloFigures
{
    public required SiloInfo Silo { get; init; }

    /// <summary>Turns whose owner it is, running ones.</summary>
    public double Streams { get; init; }

    /// <summary>Sequences that hold a slot of its engines.</summary>
    public double Running { get; init; }

    /// <summary>Slots of its engines.</summary>
    public double Slots { get; init; }

    /// <summary>Sequences that wait for a slot.</summary>
    public double Waiting { get; init; }

    /// <summary>Part of the KV cache that running sequences hold, 0–1; of its fullest engine.</summary>
    public double KvUsage { get; init; }

    /// <summary>Tokens generated since the start.</summary>
    public double OutputTokens { get; init; }

    /// <summary>Prompt tokens computed since the start.</summary>
    public double PromptTokens { get; init; }

    /// <summary>What a silo and its metrics say.</summary>
    public static SiloFigures From(SiloInfo silo, MetricsReader metrics) => new()
    {
        Silo = silo,
        Streams = metrics.Sum("granary:turns_running"),
        Running = metrics.Sum("granary:num_requests_running"),
        Slots = metrics.Sum("granary:engine_slots"),
        Waiting = metrics.Sum("granary:num_requests_waiting"),
        KvUsage = metrics.Max("granary:kv_cache_usage_perc"),
        OutputTokens = metrics.Sum("granary:generation_tokens_total"),
        PromptTokens = metrics.Sum("granary:prompt_tokens_total"),
    };
}
