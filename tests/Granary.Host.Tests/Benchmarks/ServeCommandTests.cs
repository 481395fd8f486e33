using System.CommandLine;
using System.Text.Json;
using Granary.Benchmarks.Serve;

namespace Granary.Host.Tests.Benchmarks;

public sealed class ServeCommandTests
{
    [Theory]
    [InlineData("--model", "m")]
    [InlineData("--model", "m", "--base-url", "https://example.com:8000", "--request-rate", "inf", "--percentile-metrics", "ttft,itl", "--metric-percentiles", "50,99.9")]
    [InlineData("--model", "m", "--num-prompts", "200", "--request-rate", "20", "--random-input-len", "200", "--random-output-len", "64", "--ignore-eos", "--goodput", "ttft:200", "tpot:20", "--json", "load.json")]
    [InlineData]
    [InlineData("--backend", "openai-chat", "--base-url", "http://h/prefix", "--endpoint", "/v1/chat/completions", "--header", "a=1", "b=2", "--extra-body", "{\"x\":1}", "--insecure")]
    [InlineData("--host", "silo-a", "--port", "5080", "--save-result", "--save-detailed", "--append-result", "--result-dir", "/tmp", "--result-filename", "r.json", "--metadata", "tp=1", "pp=2", "--label", "x")]
    [InlineData("--ramp-up-strategy", "linear", "--ramp-up-start-rps", "1", "--ramp-up-end-rps", "5", "--burstiness", "inf", "--num-warmups", "2", "--ready-check-timeout-sec", "5", "--probe-request-rate", "1")]
    [InlineData("--temperature", "0", "--top-p", "0.9", "--top-k", "20", "--min-p", "0", "--frequency-penalty", "0", "--presence-penalty", "0", "--repetition-penalty", "1", "--logprobs", "0")]
    [InlineData("--backend", "granary-hub", "--disable-tqdm", "--skip-tokenizer-init", "--disable-shuffle", "--no-oversample", "--input-len", "5", "--output-len", "6")]
    public void Parse_ofWhatIsThere_hasNoErrors(params string[] arguments) => Assert.Empty(ServeCommand.Create().Parse(arguments).Errors);

    [Theory]
    [InlineData("--base-url", "nowhere")]
    [InlineData("--request-rate", "0")]
    [InlineData("--percentile-metrics", "ttft,nonsense")]
    [InlineData("--metric-percentiles", "101")]
    [InlineData("--goodput", "ttft")]
    [InlineData("--dataset-name", "sonnet")]
    [InlineData("--dataset-path", "/dev/null")]
    [InlineData("--burstiness", "0")]
    [InlineData("--burstiness", "nan")]
    [InlineData("--goodput", "itl:5")]
    [InlineData("--max-concurrency", "0")]
    [InlineData("--endpoint", "/v1/chat")]
    [InlineData("--header", "nothing")]
    [InlineData("--extra-body", "[]")]
    [InlineData("--ramp-up-strategy", "linear")]
    [InlineData("--random-range-ratio", "2")]
    [InlineData("--lora-modules", "a")]
    [InlineData("--hf-name", "a/b")]
    [InlineData("--plot-timeline", "")]
    public void Parse_ofWhatIsNot_namesTheFlag(string flag, string value) =>
        Assert.Contains(ServeCommand.Create().Parse(["--model", "m", flag, value]).Errors, error => error.Message.Contains(flag, StringComparison.Ordinal));

    [Theory]
    [InlineData("--header", "a=1")]
    [InlineData("--extra-body", "{}")]
    [InlineData("--request-id-prefix", "x")]
    public void Parse_ofFlagsOfHttp_withTheHub_namesTheFlag(string flag, string value) =>
        Assert.Contains(ServeCommand.Create().Parse(["--backend", "granary-hub", flag, value]).Errors, error => error.Message.StartsWith(flag, StringComparison.Ordinal));

    [Fact]
    public void Flags_ofVllm_areTakenOrRefusedByName()
    {
        // The argument list of `vllm bench serve`, vllm-project/vllm at 009e6d4, vllm/benchmarks/serve.py and datasets/arg_utils.py.
        const string Flags = """
            --seed --num-prompts --dataset-name --no-stream --dataset-path --no-oversample --skip-chat-template --disable-shuffle --custom-output-len --spec-bench-output-len --spec-bench-category --sonnet-input-len
            --sonnet-output-len --sonnet-prefix-len --sharegpt-output-len --blazedit-min-distance --blazedit-max-distance --random-input-len --random-output-len --random-range-ratio --random-prefix-len --random-batch-size
            --no-reranker --random-mm-base-items-per-request --random-mm-num-mm-items-range-ratio --random-mm-limit-mm-per-prompt --random-mm-bucket-config --hf-subset --hf-split --hf-name --hf-output-len
            --prefix-repetition-prefix-len --prefix-repetition-suffix-len --prefix-repetition-num-prefixes --prefix-repetition-output-len --label --backend --base-url --host --port --endpoint --header --max-concurrency
            --model --input-len --output-len --tokenizer --tokenizer-mode --use-beam-search --logprobs --request-rate --burstiness --probe-request-rate --disable-tqdm --num-warmups --profile --save-result --save-detailed
            --append-result --metadata --result-dir --result-filename --ignore-eos --self-timed --no-self-timed --percentile-metrics --metric-percentiles --goodput --request-id-prefix --top-p --top-k --min-p --temperature
            --frequency-penalty --presence-penalty --repetition-penalty --served-model-name --lora-modules --lora-assignment --ramp-up-strategy --ramp-up-start-rps --ramp-up-end-rps --ready-check-timeout-sec
            --chat-template-kwargs --extra-body --skip-tokenizer-init --insecure --plot-timeline --timeline-itl-thresholds --plot-dataset-stats --trust-remote-code
            """;
        var command = ServeCommand.Create();
        var documentation = File.ReadAllText(Path.Combine(Repository.Root, "docs", "TELEMETRY.md"));

        Assert.All(Flags.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), flag =>
        {
            Assert.Contains(command.Options, option => option.Name == flag);
            var errors = command.Parse([flag]).Errors;
            Assert.Equal(RefusedFlags.All.ContainsKey(flag), errors.Any(error => error.Message.Contains(" is a flag of vLLM's that is not taken here: ", StringComparison.Ordinal)));
            Assert.Contains($"`{flag}`", documentation, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Invoke_withAServerThatIsNotThere_reportsFailures()
    {
        var file = Path.GetTempFileName();
        string[] arguments = ["--model", "m", "--base-url", "http://127.0.0.1:1", "--num-prompts", "2", "--random-input-len", "2", "--goodput", "ttft:1", "--json", file];

        var code = await ServeCommand.Create().Parse(arguments).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, TestContext.Current.CancellationToken);

        Assert.Equal(1, code);
        var report = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal((2, 0), (report.GetProperty("failed").GetInt32(), report.GetProperty("completed").GetInt32()));
        File.Delete(file);
    }
}
