using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using Granary.Gateway.Completions;
using Granary.Gateway.Errors;
using Granary.Sessions;
using Microsoft.AspNetCore.Http.Features;

namespace Granary.Gateway.OpenAi;

/// <summary>Writes a completion as server-sent events, each with its id, and a comment where there is none for long.</summary>
internal sealed partial class CompletionStream(HttpContext context, CompletionId completion, string model, TimeProvider time, ILogger logger)
{
    private readonly HttpResponse _response = context.Response;
    private bool _begun;

    /// <summary>
    /// Writes the events after <paramref name="last"/>. A failure on the way becomes an event with an error, and no <c>[DONE]</c>; where nothing was left to write,
    /// the status is 204, which tells an <c>EventSource</c> not to come again.
    /// </summary>
    /// <param name="items">The completion's frames, from the first.</param>
    /// <param name="last">The last event that the client had.</param>
    /// <returns>Whether it was written to its end.</returns>
    public async Task<bool> WriteAsync(IAsyncEnumerable<TurnEvent> items, EventId last)
    {
        var isWhole = true;
        try
        {
            await using var pulse = new StreamPulse(time, WriteCommentAsync);
            await WriteEventsAsync(items, last, pulse);
        }
        catch (Exception exception) when (_begun && !context.RequestAborted.IsCancellationRequested)
        {
            isWhole = false;
            var error = CallerError.From(exception);
            LogBroken(logger, completion, error.Code, error.Code == ErrorCode.Internal ? exception : null);
            Write("data: "u8, OpenAiEventJson.Serialize(OpenAiErrorBody.From(error), OpenAiJson.Default.OpenAiErrorBody));
            await FlushAsync();
        }

        if (!_begun)
            _response.StatusCode = StatusCodes.Status204NoContent;
        return isWhole;
    }

    private async Task WriteEventsAsync(IAsyncEnumerable<TurnEvent> items, EventId last, StreamPulse pulse)
    {
        var events = new NumberedEvents(completion, model, last);
        await foreach (var item in items)
        {
            await pulse.BeginAsync();
            try
            {
                await WriteAsync(events, item);
            }
            finally
            {
                pulse.End();
            }
        }
    }

    private ValueTask<FlushResult> WriteAsync(NumberedEvents events, TurnEvent item)
    {
        var isAny = false;
        foreach (var numbered in events.Of(item))
        {
            Begin();
            Write(numbered.Id, numbered.Data);
            isAny = true;
        }

        return isAny ? FlushAsync() : default;
    }

    private async Task WriteCommentAsync()
    {
        Begin();
        _response.BodyWriter.Write(":\n\n"u8);
        await FlushAsync();
    }

    private void Begin()
    {
        if (_begun)
            return;
        _begun = true;
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        _response.ContentType = "text/event-stream; charset=utf-8";
        _response.Headers.CacheControl = "no-cache";
        _response.Headers["X-Accel-Buffering"] = "no";
    }

    private void Write(EventId id, ReadOnlySpan<byte> data)
    {
        var writer = _response.BodyWriter;
        writer.Write("id: "u8);
        Write(id.Record);
        writer.Write(":"u8);
        Write(id.Part);
        Write("\ndata: "u8, data);
    }

    private void Write(ReadOnlySpan<byte> field, ReadOnlySpan<byte> data)
    {
        var writer = _response.BodyWriter;
        writer.Write(field);
        writer.Write(data);
        writer.Write("\n\n"u8);
    }

    private void Write(int number)
    {
        const int MaxDigits = 10;
        var writer = _response.BodyWriter;
        Utf8Formatter.TryFormat(number, writer.GetSpan(MaxDigits), out var written);
        writer.Advance(written);
    }

    // Waits for a slow reader, and nothing is read from the grain meanwhile: what waits for him is in the log.
    private ValueTask<FlushResult> FlushAsync() => _response.BodyWriter.FlushAsync(context.RequestAborted);

    [LoggerMessage(4101, LogLevel.Warning, "{Id} broke off with {Code}")]
    private static partial void LogBroken(ILogger logger, CompletionId id, ErrorCode code, Exception? exception);
}
