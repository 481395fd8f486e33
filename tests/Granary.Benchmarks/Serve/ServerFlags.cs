using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json.Nodes;
using Granary.Models.Tokenization;

namespace Granary.Benchmarks.Serve;

/// <summary>Flags of who is asked, and of what each request has.</summary>
internal sealed class ServerFlags
{
    private const string Hub = "granary-hub";

    private readonly Option<string> _backend = new("--backend") { Description = "openai (completions; vllm is the same), openai-chat or granary-hub (SignalR).", DefaultValueFactory = _ => "openai" };
    private readonly Option<Uri> _url = new("--base-url") { Description = "The server, with the path that its API is below; without it, --host and --port.", CustomParser = Server };
    private readonly Option<string> _host = new("--host") { Description = "The server.", DefaultValueFactory = _ => "127.0.0.1" };
    private readonly Option<int> _port = FlagValues.Whole("--port", 8000, 1, "Its port; Granary's is 5080.");
    private readonly Option<string> _endpoint = new("--endpoint") { Description = "Path of the API; without it, the backend's." };
    private readonly Option<string[]> _headers = FlagValues.Pairs("--header", "KEY=VALUE …: headers of each request.");
    private readonly Option<bool> _insecure = new("--insecure") { Description = "Any certificate will do." };
    private readonly Option<string> _model = new("--model") { Description = "The model; without it, the first that the server lists." };
    private readonly Option<string> _served = new("--served-model-name") { Description = "Its name at the server, where that is another." };
    private readonly Option<DirectoryInfo> _tokenizer = new("--tokenizer") { Description = "Folder with a tokenizer.json, to count tokens of prompts with." };
    private readonly Option<bool> _noTokenizer = new("--skip-tokenizer-init") { Description = "Count words, as without --tokenizer." };
    private readonly Option<bool> _eos = new("--ignore-eos") { Description = "Replies go on to their limit; random prompts always do that." };
    private readonly Option<int?> _logprobs = FlagValues.WholeOrNot("--logprobs", 0, "Log-probabilities of each token.");
    private readonly Option<JsonObject?> _body = FlagValues.Fields("--extra-body", "JSON: more fields of each request.");
    private readonly Option<string> _prefix = new("--request-id-prefix") { Description = "What each x-request-id begins with.", DefaultValueFactory = _ => $"bench-{Guid.NewGuid().ToString("N")[..8]}-" };

    public ServerFlags()
    {
        _backend.AcceptOnlyFromAmong("openai", "vllm", "openai-chat", Hub);
        _tokenizer.AcceptExistingOnly();
    }

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _backend, _url, _host, _port, _endpoint, _headers, _insecure, _model, _served, _tokenizer, _noTokenizer, _eos, _logprobs, _body, _prefix })
        {
            command.Options.Add(option);
        }

        command.Check(result =>
        {
            // Before defaults are filled in: what was not given is null here.
            var backend = result.GetValue(_backend) ?? "openai";
            if (backend == Hub)
            {
                Option[] ofHttp = [_headers, _insecure, _body, _prefix];
                foreach (var option in ofHttp.Where(option => result.GetResult(option) is { Implicit: false }))
                {
                    result.AddError($"{option.Name} is for HTTP; the hub's connections carry many requests");
                }
            }
            else if (result.GetValue(_endpoint) is { } endpoint && !(endpoint.StartsWith('/') && endpoint.EndsWith(backend == "openai-chat" ? "chat/completions" : "completions", StringComparison.Ordinal)))
            {
                result.AddError($"--endpoint must be a path that ends with {(backend == "openai-chat" ? "chat/completions" : "completions")} for --backend {backend}");
            }
        });
    }

    /// <summary>What was given; a model that was not is empty.</summary>
    public ServeOptions Read(ParseResult parsed, DatasetOptions dataset, Dictionary<string, double> sampling)
    {
        var backend = parsed.GetValue(_backend)!;
        var folder = parsed.GetValue(_noTokenizer) ? null : parsed.GetValue(_tokenizer);
        return new ServeOptions
        {
            Backend = backend,
            BaseUrl = parsed.GetValue(_url) ?? new UriBuilder("http", parsed.GetValue(_host)!, parsed.GetValue(_port)).Uri,
            Endpoint = parsed.GetValue(_endpoint),
            Headers = FlagValues.Split(parsed.GetValue(_headers)),
            Insecure = parsed.GetValue(_insecure),
            Model = parsed.GetValue(_model) ?? "",
            ServedModelName = parsed.GetValue(_served),
            Tokenizer = folder is null ? null : HuggingFaceTokenizer.Load(folder.FullName),
            TokenizerId = folder?.FullName,
            Dataset = dataset,
            Sampling = sampling,
            IgnoreEos = parsed.GetValue(_eos) || dataset.Name == "random",
            Logprobs = parsed.GetValue(_logprobs),
            ExtraBody = parsed.GetValue(_body),
            RequestIdPrefix = backend == Hub ? null : parsed.GetValue(_prefix),
        };
    }

    private static Uri? Server(ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var server) && server.Scheme is "http" or "https")
        {
            return server;
        }

        result.AddError("--base-url takes an address such as http://127.0.0.1:5080");
        return null;
    }
}
