using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Granary.Benchmarks.Serve;

/// <summary>Streams from a server that speaks OpenAI's API.</summary>
internal sealed class OpenAiServeClient(ServeOptions options, string? key) : IServeClient
{
    private readonly HttpClient _http = new()
    {
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key) },
    };

    public async Task<ServeResult> AskAsync(ServeRequest request, CancellationToken cancellationToken)
    {
        var clock = new ResultClock();
        var isChat = options.Backend == "openai-chat";
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(options.BaseUrl, isChat ? "v1/chat/completions" : "v1/completions")) { Content = JsonContent.Create(Body(request, isChat)) };
        using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            return new ServeResult { Error = $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}" };
        }

        var (input, output) = (0, 0);
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync(cancellationToken)).EnumerateAsync(cancellationToken))
        {
            if (item.Data == "[DONE]")
            {
                return clock.End(input, output);
            }

            using var data = JsonDocument.Parse(item.Data);
            if (data.RootElement.TryGetProperty("error", out var error))
            {
                return new ServeResult { Error = error.ToString() };
            }

            if (HasText(data.RootElement))
            {
                clock.Piece();
            }

            if (data.RootElement.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object)
            {
                (input, output) = (usage.GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("completion_tokens").GetInt32());
            }
        }

        return new ServeResult { Error = "the stream ended before [DONE]" };
    }

    public void Dispose() => _http.Dispose();

    private Dictionary<string, object> Body(ServeRequest request, bool isChat)
    {
        var body = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["model"] = options.Model,
            ["stream"] = true,
            ["stream_options"] = new { include_usage = true },
            ["temperature"] = 0,
            ["max_tokens"] = request.OutputTokens,
            [isChat ? "messages" : "prompt"] = isChat ? new[] { new { role = "user", content = request.Text } } : request.Text,
        };
        if (options.IgnoreEos)
        {
            body["ignore_eos"] = true; // no field of OpenAI's: sent where it is wanted alone
        }

        return body;
    }

    private static bool HasText(JsonElement chunk) =>
        chunk.TryGetProperty("choices", out var choices) && choices.GetArrayLength() > 0
        && (choices[0].TryGetProperty("delta", out var delta)
            ? delta.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String && content.GetString()!.Length > 0
            : choices[0].TryGetProperty("text", out var text) && text.GetString() is { Length: > 0 });
}
