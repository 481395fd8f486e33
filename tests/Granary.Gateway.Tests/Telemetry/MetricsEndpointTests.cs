using System.Net.Http.Json;
using Granary.Gateway.Tests.Running;

namespace Granary.Gateway.Tests.Telemetry;

/// <summary><c>/metrics</c> of a gateway that has answered once, asked by Debian's Prometheus.</summary>
[Collection(DemoGatewayTests.Name)]
public sealed class MetricsEndpointTests(DemoGateway gateway)
{
    // Those without a value until blocks are evicted or sequences preempted are left out.
    private static readonly string[] Vllm =
    [
        "num_requests_running", "num_requests_waiting", "kv_cache_usage_perc", "prefix_cache_queries", "prefix_cache_hits", "num_preemptions_total", "prompt_tokens_total",
        "generation_tokens_total", "iteration_tokens_total", "request_success_total", "request_prompt_tokens", "request_generation_tokens", "request_max_num_generation_tokens",
        "time_to_first_token_seconds", "inter_token_latency_seconds", "e2e_request_latency_seconds", "request_queue_time_seconds", "request_prefill_time_seconds",
        "request_decode_time_seconds", "lora_requests_info",
    ];

    private static readonly string[] Own =
    [
        "granary:ready", "granary:engine_steps_total", "granary:engine_stuck", "granary:grain_activations", "granary:turns_running", "granary:cluster_silos", "granary:silo_info",
        "granary:token_log_commit_seconds", "granary:admissions_total", "granary:hub_connections", "granary:gateway_requests_running",
        "http_server_request_duration_seconds", "dotnet_process_memory_working_set_bytes",
    ];

    [Fact]
    public async Task Metrics_afterACompletion_haveTheNamesThatDashboardsExpect()
    {
        await CompleteAsync();
        using var client = gateway.CreateClient();
        var text = "";
        await Eventually.TrueAsync(
            async () => (text = await client.GetStringAsync("metrics")).Contains("granary:grain_activations{type=\"tenant\"}", StringComparison.Ordinal), "grains were not counted");

        Assert.Superset(Vllm.Select(name => "granary:" + name).Concat(Own).ToHashSet(StringComparer.Ordinal), Names(text));
        Assert.DoesNotContain("vllm:", text, StringComparison.Ordinal);
        Assert.Matches("granary:silo_info\\{silo=\"test-silo\",zone=\"test-zone\"\\} [1-9]", text); // other tests' gateways of this process have that name too
        Assert.Matches("granary:request_success_total\\{model_name=\"granary-chat\",finished_reason=\"length\"\\} [1-9]", text);

        var complaints = (await PrometheusServer.PromtoolAsync(["check", "metrics"], text)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(complaints, line => Assert.True(IsKnown(line), line));
    }

    [Fact]
    public async Task Prometheus_asksTheGateway_andAnswersQueries()
    {
        await using var prometheus = new PrometheusServer(gateway.Url);
        await CompleteAsync();

        await Eventually.TrueAsync(async () => await prometheus.QueryAsync("up{job=\"granary\"}") == 1, "Prometheus could not read the metrics");
        await Eventually.TrueAsync(
            async () => await prometheus.QueryAsync("sum(granary:generation_tokens_total{model_name=\"granary-chat\"})") >= 4, "the tokens were not there");
        Assert.True(await prometheus.QueryAsync("histogram_quantile(0.99, sum by (le) (granary:time_to_first_token_seconds_bucket))") > 0);
    }

    private async Task CompleteAsync()
    {
        using var client = gateway.CreateClient();
        var request = new { model = DemoGateway.Model, max_tokens = 4, messages = new[] { new { role = "user", content = "Tell me a story" } } };
        (await client.PostAsJsonAsync("v1/chat/completions", request)).EnsureSuccessStatusCode();
    }

    /// <summary>Our colons, three names of vLLM's, and .NET's own names.</summary>
    private static bool IsKnown(string complaint) =>
        complaint.Contains("should not contain ':'", StringComparison.Ordinal)
        || complaint.StartsWith("dotnet_", StringComparison.Ordinal)
        || new[] { "iteration_tokens_total", "prefix_cache_queries", "prefix_cache_hits" }.Any(name => complaint.StartsWith($"granary:{name} ", StringComparison.Ordinal));

    // "# TYPE name kind"
    private static HashSet<string> Names(string text) =>
        [.. text.Split('\n').Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2])];
}
