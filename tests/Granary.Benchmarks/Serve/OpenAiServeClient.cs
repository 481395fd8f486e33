using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Benchmarks.Serve;

/// <summary>Streams from a server that speaks OpenAI's API.</summary>
internal sealed class OpenAiServeClient(ServeOptions options, string? key) : IServeClient
{
    private readonly HttpClient _http = Client(options, key);
    private readonly bool _isChat = options.Backend == "openai-chat";

    /// <summary>A client with the load's key, headers and view of certificates.</summary>
    public static HttpClient Client(ServeOptions options, string? key)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, errors) => options.Insecure || errors == SslPolicyErrors.None;
        var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        foreach (var (name, value) in options.Headers)
        {
            http.DefaultRequestHeaders.Remove(name);
            http.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        }

        return http;
    }

    public async Task<ServeResult> AskAsync(ServeRequest request, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, options.Address) { Content = new StringContent(Body(request).ToJsonString(), Encoding.UTF8, "application/json") };
        if (request.Id is { } id)
        {
            message.Headers.Remove("x-request-id");
            message.Headers.Add("x-request-id", id);
        }

        var clock = new ResultClock(options.Tokenizer);
        using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            return new ServeResult { Error = $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}" };
        }

        var (input, output) = (0, (int?)null);
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

            if (Text(data.RootElement) is { Length: > 0 } text)
            {
                clock.Piece(text);
            }

            if (data.RootElement.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object)
            {
                (input, output) = (usage.GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("completion_tokens").GetInt32());
            }
        }

        return new ServeResult { Error = "the stream ended before [DONE]" };
    }

    public void Dispose() => _http.Dispose();

    // Fields that OpenAI does not have are sent where they are wanted alone.
    private JsonObject Body(ServeRequest request)
    {
        var body = new JsonObject
        {
            ["model"] = options.ServedModelName ?? options.Model,
            ["stream"] = true,
            ["stream_options"] = new JsonObject { ["include_usage"] = true },
        };
        if (_isChat)
        {
            body["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = request.Text });
            body["max_completion_tokens"] = request.OutputTokens;
        }
        else
        {
            body["prompt"] = request.Text;
            body["max_tokens"] = request.OutputTokens;
        }

        if (options.Logprobs is { } logprobs)
        {
            body["logprobs"] = _isChat ? true : logprobs;
            if (_isChat)
            {
                body["top_logprobs"] = logprobs;
            }
        }

        if (options.IgnoreEos)
        {
            body["ignore_eos"] = true;
        }

        foreach (var (name, value) in options.Sampling)
        {
            body[name] = value;
        }

        foreach (var (name, value) in options.ExtraBody ?? [])
        {
            body[name] = value?.DeepClone();
        }

        return body;
    }

    private static string? Text(JsonElement chunk)
    {
        if (!chunk.TryGetProperty("choices", out var choices) || choices.GetArrayLength() == 0)
        {
            return null;
        }

        var piece = choices[0].TryGetProperty("delta", out var delta) ? delta.TryGetProperty("content", out var content) ? content : default : choices[0].GetProperty("text");
        return piece.ValueKind == JsonValueKind.String ? piece.GetString() : null;
    }
}
