using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Granary.Gateway.Completions;
using Granary.Gateway.Errors;
using Granary.Gateway.OpenAi.Responses;
using Granary.Serving;
using Microsoft.AspNetCore.Http.Features;

namespace Granary.Gateway.OpenAi;

/// <summary>Writes a reply as server-sent events, as OpenAI does: the role, the text, the calls and the reason of each choice, the usage if wanted, <c>[DONE]</c>.</summary>
internal sealed partial class ChatCompletionStream(HttpContext context, ReplyHeader reply, int choices, bool includeUsage, ILogger logger)
{
    private readonly HttpResponse _response = context.Response;
    private readonly TokenUsage?[] _usage = new TokenUsage?[choices];
    private readonly int[] _calls = new int[choices];

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
        for (var choice = 0; choice < choices; choice++)
            Chunk(choice, new() { Role = "assistant", Content = "" });
        await foreach (var frame in completion.ReadAsync())
        {
            if (Write(frame))
                await FlushAsync();
        }

        if (includeUsage && UsageObject.From(_usage) is { } usage)
            Event(new(reply.Id, reply.Created, reply.Model, reply.SystemFingerprint, []) { Usage = usage }, OpenAiEventJson.Default.ChatCompletionChunk);
        Data("[DONE]"u8);
        await FlushAsync();
    }

    /// <returns>Whether there was anything to write.</returns>
    private bool Write(TokenFrame frame)
    {
        var logProbs = frame.LogProbs is { Length: > 0 } places ? LogProbsObject.From(places) : null;
        var hasText = frame.Text.Length > 0 || logProbs is not null;
        if (hasText)
            Chunk(frame.Choice, new() { Content = frame.Text }, logProbs);
        if (frame.ToolCalls is { } calls)
            Chunk(frame.Choice, new() { ToolCalls = Array.ConvertAll(calls, call => ToolCallObject.From(call) with { Index = _calls[frame.Choice]++ }) });
        if (frame.FinishReason is { } reason)
        {
            _usage[frame.Choice] = frame.Usage;
            Chunk(frame.Choice, new(), reason: ChatCompletionEndpoint.Name(reason));
        }

        return hasText || frame.ToolCalls is not null || frame.FinishReason is not null;
    }

    private void Chunk(int choice, ChatCompletionChunk.Delta delta, LogProbsObject? logProbs = null, string? reason = null) =>
        Event(
            new ChatCompletionChunk(reply.Id, reply.Created, reply.Model, reply.SystemFingerprint, [new(choice, delta, logProbs, reason)]),
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
