using System.CommandLine;

namespace Granary.Benchmarks.Serve;

/// <summary>Flags of vLLM's <c>bench serve</c> that have nothing to act on here. Who uses one is told why, and not that there is no such flag.</summary>
internal static class RefusedFlags
{
    private const string Adapters = "there are no adapters; name the model";
    private const string Images = "prompts are text";
    private const string Embeddings = "there are replies alone, no embeddings and no ranking";
    private const string Hub = "data sets are files; download it and use --dataset-name custom";
    private const string Pictures = "no pictures are drawn; --save-detailed has the figures";
    private const string Traces = "there are no data sets with times";

    /// <summary>Each, and why.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["--profile"] = "the server has no profiler that a client could start",
        ["--use-beam-search"] = "the server has no beam search",
        ["--trust-remote-code"] = "no code of a model's is run",
        ["--tokenizer-mode"] = "--tokenizer is a folder with a tokenizer.json, of which there is one kind",
        ["--chat-template-kwargs"] = "the server renders; send them with --extra-body",
        ["--skip-chat-template"] = "the server renders; use --backend openai for text as it is",
        ["--lora-modules"] = Adapters,
        ["--lora-assignment"] = Adapters,
        ["--plot-timeline"] = Pictures,
        ["--timeline-itl-thresholds"] = Pictures,
        ["--plot-dataset-stats"] = Pictures,
        ["--self-timed"] = Traces,
        ["--no-self-timed"] = Traces,
        ["--no-stream"] = Hub,
        ["--hf-subset"] = Hub,
        ["--hf-split"] = Hub,
        ["--hf-name"] = Hub,
        ["--hf-output-len"] = Hub,
        ["--spec-bench-output-len"] = Hub,
        ["--spec-bench-category"] = Hub,
        ["--blazedit-min-distance"] = Hub,
        ["--blazedit-max-distance"] = Hub,
        ["--random-batch-size"] = Embeddings,
        ["--no-reranker"] = Embeddings,
        ["--random-mm-base-items-per-request"] = Images,
        ["--random-mm-num-mm-items-range-ratio"] = Images,
        ["--random-mm-limit-mm-per-prompt"] = Images,
        ["--random-mm-bucket-config"] = Images,
    };

    /// <summary>Has them refused.</summary>
    public static void AddTo(Command command)
    {
        foreach (var (name, reason) in All)
        {
            var option = new Option<string[]>(name) { Hidden = true, Arity = ArgumentArity.ZeroOrMore, AllowMultipleArgumentsPerToken = true };
            option.Validators.Add(result => result.AddError($"{name} is a flag of vLLM's that is not taken here: {reason}"));
            command.Options.Add(option);
        }
    }
}
