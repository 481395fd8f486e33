using System.Collections.Concurrent;
using System.Text.Json;
using Granary.Host.Chat;

namespace Granary.Benchmarks.Serve;

/// <summary>Streams over Granary's SignalR hub: each request is the first message of a conversation; a connection is used again when its reply has ended.</summary>
internal sealed class HubServeClient(ServeOptions options, string? key) : IServeClient
{
    private readonly ConcurrentBag<HubConnection> _idle = [];

    public async Task<ServeResult> AskAsync(ServeRequest request, CancellationToken cancellationToken)
    {
        var hub = await ConnectAsync(cancellationToken);
        var session = (await hub.InvokeAsync<JsonElement>("Create", cancellationToken, new { model = options.ServedModelName ?? options.Model })).GetProperty("id").GetString();
        var message = new { text = request.Text, sampling = Sampling(request) };
        var clock = new ResultClock(options.Tokenizer); // the conversation was there before
        JsonElement usage = default;
        await foreach (var item in hub.StreamAsync<JsonElement>("Send", [session, message], cancellationToken))
        {
            if (item.TryGetProperty("frame", out var frame) && frame.ValueKind == JsonValueKind.Object)
            {
                if (frame.GetProperty("tokens").GetArrayLength() > 0)
                {
                    clock.Piece(frame.TryGetProperty("text", out var text) ? text.GetString() ?? "" : "");
                }

                usage = frame.TryGetProperty("usage", out var found) && found.ValueKind == JsonValueKind.Object ? found : usage;
            }
        }

        _idle.Add(hub);
        return usage.ValueKind == JsonValueKind.Object
            ? clock.End(usage.GetProperty("promptTokens").GetInt32(), usage.GetProperty("outputTokens").GetInt32())
            : new ServeResult { Error = "the reply ended without its usage" };
    }

    public void Dispose()
    {
        foreach (var hub in _idle)
        {
            hub.Abort();
        }
    }

    private Dictionary<string, object> Sampling(ServeRequest request)
    {
        var sampling = new Dictionary<string, object>(StringComparer.Ordinal) { ["maxTokens"] = request.OutputTokens, ["ignoreEos"] = options.IgnoreEos };
        foreach (var (name, value) in options.Sampling)
        {
            var words = name.Split('_'); // top_k is topK here
            sampling[string.Concat([words[0], .. words[1..].Select(word => char.ToUpperInvariant(word[0]) + word[1..])])] = value;
        }

        if (options.Logprobs is { } logprobs)
        {
            sampling["topLogProbs"] = logprobs;
        }

        return sampling;
    }

    private async Task<HubConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_idle.TryTake(out var idle))
        {
            return idle;
        }

        var hub = new HubConnection(key);
        await hub.StartAsync(options.Address, cancellationToken);
        return hub;
    }
}
