using System.Text.Json.Nodes;
using Granary.Models;

namespace Granary.Benchmarks.Serve;

/// <summary>A load, with the names and defaults of vLLM's <c>bench serve</c>.</summary>
internal sealed record ServeOptions
{
    /// <summary><c>openai</c> (completions), <c>openai-chat</c> or <c>granary-hub</c>; <c>vllm</c> is vLLM's other name of the first.</summary>
    public string Backend { get; init; } = "openai";

    /// <summary>The server, with the path that its API is below.</summary>
    public required Uri BaseUrl { get; init; }

    /// <summary>Path of the API; <see langword="null"/>: the backend's own.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>Its name at the server, where that is another.</summary>
    public string? ServedModelName { get; init; }

    /// <summary>Headers of each request.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Whether any certificate will do.</summary>
    public bool Insecure { get; init; }

    /// <summary>Requests in all.</summary>
    public int NumPrompts { get; init; } = 1000;

    /// <summary>Requests a second; infinite: all at once.</summary>
    public double RequestRate { get; init; } = double.PositiveInfinity;

    /// <summary>Shape of the gamma distribution of the times between them: 1 is Poisson, less is burstier, infinite is evenly.</summary>
    public double Burstiness { get; init; } = 1;

    /// <summary>How the rate grows; <see langword="null"/>: it does not.</summary>
    public RampUp? RampUp { get; init; }

    /// <summary>Most requests at a time; <see langword="null"/>: any number.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>Requests of one token a second beside the load; 0: none.</summary>
    public double ProbeRequestRate { get; init; }

    /// <summary>Requests before the load.</summary>
    public int NumWarmups { get; init; }

    /// <summary>How long the server may take until it answers; 0: it is not tried.</summary>
    public TimeSpan ReadyCheckTimeout { get; init; }

    /// <summary>What is asked.</summary>
    public DatasetOptions Dataset { get; init; } = new();

    /// <summary>Whether replies go on to their limit.</summary>
    public bool IgnoreEos { get; init; }

    /// <summary>Fields of each request, as OpenAI's API names them, <c>temperature</c> and the like.</summary>
    public IReadOnlyDictionary<string, double> Sampling { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>Log-probabilities that are asked for, of each token; <see langword="null"/>: none.</summary>
    public int? Logprobs { get; init; }

    /// <summary>More fields of each request.</summary>
    public JsonObject? ExtraBody { get; init; }

    /// <summary>What each request's <c>x-request-id</c> begins with; <see langword="null"/>: they have none.</summary>
    public string? RequestIdPrefix { get; init; }

    /// <summary>Of prompts and arrivals.</summary>
    public int Seed { get; init; }

    /// <summary>Counts tokens where the server does not; <see langword="null"/>: words and characters are counted.</summary>
    public ITokenizer? Tokenizer { get; init; }

    /// <summary>What the tokenizer is called.</summary>
    public string? TokenizerId { get; init; }

    /// <summary>What the result is called.</summary>
    public string? Label { get; init; }

    /// <summary>What is to be in the result, besides.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>Metrics that are told, of <see cref="ServeReport.Metrics"/>.</summary>
    public string[] PercentileMetrics { get; init; } = ["ttft", "tpot", "itl"];

    /// <summary>Percentiles that are told, 0–100.</summary>
    public double[] MetricPercentiles { get; init; } = [99];

    /// <summary>Most milliseconds of each metric that a good request takes.</summary>
    public IReadOnlyDictionary<string, double> Goodput { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>Where requests go.</summary>
    public Uri Address => At(Endpoint ?? Backend switch
    {
        "openai-chat" => "/v1/chat/completions",
        "granary-hub" => "/hubs/chat",
        _ => "/v1/completions",
    });

    /// <summary>Another place of the server.</summary>
    public Uri At(string path) => new(BaseUrl.AbsoluteUri.TrimEnd('/') + path);
}
