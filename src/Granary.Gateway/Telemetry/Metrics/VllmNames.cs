namespace Granary.Gateway.Telemetry.Metrics;

/// <summary>Which metrics vLLM has, too, and what they are called there.</summary>
internal static class VllmNames
{
    private const string Own = "granary:";

    private static readonly HashSet<string> Shared = new(StringComparer.Ordinal)
    {
        "num_requests_running", "num_requests_waiting", "kv_cache_usage_perc", "prefix_cache_queries", "prefix_cache_hits", "num_preemptions_total", "prompt_tokens_total",
        "generation_tokens_total", "iteration_tokens_total", "request_success_total", "request_prompt_tokens", "request_generation_tokens", "request_max_num_generation_tokens",
        "time_to_first_token_seconds", "inter_token_latency_seconds", "e2e_request_latency_seconds", "request_queue_time_seconds", "request_prefill_time_seconds",
        "request_decode_time_seconds", "kv_block_lifetime_seconds", "kv_block_idle_before_evict_seconds", "kv_block_reuse_gap_seconds", "lora_requests_info",
    };

    /// <summary>vLLM's name of a metric; <see langword="null"/> if it has none. Its counters all end in <c>_total</c>.</summary>
    public static string? Of(MetricFamily family)
    {
        if (!family.Name.StartsWith(Own, StringComparison.Ordinal) || !Shared.Contains(family.Name[Own.Length..]))
            return null;
        var name = "vllm:" + family.Name[Own.Length..];
        return family.Kind == MetricKind.Counter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }
}
