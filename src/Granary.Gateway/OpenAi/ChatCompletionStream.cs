using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Granary.Gateway.Completions;
using Granary.Gateway.Errors;
using Granary.Gateway.OpenAi.Responses;
using Granary.Serving;
using Microsoft.AspNetCore.Http.Features;

namespace Granary.Gateway.OpenAi;

/// <summary>Writes a reply as server-sent events, as OpenAI does: the role, the text, the reason, the usage if wanted, <c>[DONE]</c>.</summary>
internal sealed partial class ChatCompletionStream(HttpContext context, ReplyHeader reply, bool includeUsage, ILogger logger)
{
    private readonly HttpResponse _response = context.Response;

    /// <summary>Writes everything; a failure on the way becomes an event with an error, and no <c>[DONE]</c>.</summary>
    public async Task WriteAsync(Completion completion)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        _response.ContentType = "text/event-stream; charset=utf-8";
        _response.Headers.CacheControl = "no-cache";
        _response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            await WriteFramesAsync(completion);
        }
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            var error = CallerError.From(exception);
            LogBroken(logger, reply.Id, error.Code, error.Code == ErrorCode.Internal ? exception : null);
            Event(OpenAiErrorBody.From(error), OpenAiEventJson.Default.OpenAiErrorBody);
            await FlushAsync();
        }
    }

    private async Task WriteFramesAsync(Completion completion)
    {
        TokenFrame? last = null;
        Chunk(new() { Role = "assistant", Content = "" });
        await foreach (var frame in completion.ReadAsync())
        {
            if (frame.Text.Length > 0)
            {
                Chunk(new() { Content = frame.Text });
                await FlushAsync();
            }

            last = frame;
        }

        Chunk(new(), ChatCompletionEndpoint.Name(last?.FinishReason));
        if (includeUsage && last?.Usage is { } usage)
            Event(new(reply.Id, reply.Created, reply.Model, reply.SystemFingerprint, []) { Usage = UsageObject.From(usage) }, OpenAiEventJson.Default.ChatCompletionChunk);
        Data("[DONE]"u8);
        await FlushAsync();
    }

    private void Chunk(ChatCompletionChunk.Delta delta, string? finishReason = null) =>
        Event(
            new ChatCompletionChunk(reply.Id, reply.Created, reply.Model, reply.SystemFingerprint, [new(delta, finishReason)]),
            OpenAiEventJson.Default.ChatCompletionChunk);

    private void Event<T>(T value, JsonTypeInfo<T> type) => Data(JsonSerializer.SerializeToUtf8Bytes(value, type));

    private void Data(ReadOnlySpan<byte> data)
    {
        var writer = _response.BodyWriter;
        System.Buffers.BuffersExtensions.Write(writer, "data: "u8);
        System.Buffers.BuffersExtensions.Write(writer, data);
        System.Buffers.BuffersExtensions.Write(writer, "\n\n"u8);
    }

    // Waits for a slow reader; meanwhile the engine's frames grow larger, not more.
    private async ValueTask FlushAsync() => await _response.BodyWriter.FlushAsync(context.RequestAborted);

    [LoggerMessage(4101, LogLevel.Warning, "{RequestId} broke off with {Code}")]
    private static partial void LogBroken(ILogger logger, string requestId, ErrorCode code, Exception? exception);
}
