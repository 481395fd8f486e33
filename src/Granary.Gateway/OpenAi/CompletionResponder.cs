using Granary.Gateway.Completions;
using Granary.Gateway.Errors;
using Granary.Gateway.Idempotency;
using Granary.Gateway.Identity;
using Granary.Gateway.OpenAi.Requests;
using Granary.Gateway.Telemetry.Replies;
using Granary.ResponseCache;
using Granary.Serving;
using Granary.Sessions;
using Granary.Tenants;

namespace Granary.Gateway.OpenAi;

/// <summary>Answers requests for completions of either kind, whole or as a stream.</summary>
internal sealed class CompletionResponder(
    CompletionClient completions, IdempotentCompletions idempotent, IResponseCache cache, ReplyTelemetry replies, TimeProvider time, ILogger<CompletionStream> logger)
{
    /// <exception cref="Granary.Errors.GranaryException">It was refused before anything was sent.</exception>
    public async Task RespondAsync(HttpContext context, CompletionRequest asked)
    {
        var caller = Caller.Of(context.User);
        var id = CompletionId.New(asked.Kind, asked.Generate.Layout, asked.Stream && asked.IncludeUsage, time);
        if (IdempotencyKey.Find(context.Request, caller) is { } key)
        {
            await RespondOnceAsync(context, asked, key, id);
            return;
        }

        var control = CacheControl.Of(context.Request);
        var request = Signed(asked, id, caller);
        using var reply = replies.Begin(context, asked.Describe(id));
        var (cacheKey, cached) = await reply.BeginAsync(() => FindKeptAsync(request, control, caller.Owner, context.RequestAborted));
        if (cached is not null)
        {
            context.Response.Headers["x-granary-cache"] = "hit";
            await RespondAsync(context, request, id, reply, cached);
        }
        else
        {
            await RespondAsync(context, request, id, reply, isRepeated: false, cacheKey);
        }
    }

    private async Task<(ResponseKey? Key, CachedResponse? Kept)> FindKeptAsync(CompletionRequest request, CacheControl control, string owner, CancellationToken cancellationToken)
    {
        var key = control.Stores ? await cache.KeyOfAsync(owner, request.Model, request.Generate, cancellationToken) : null;
        return (key, key is not null && control.Finds ? await cache.FindAsync(key, owner, request.Model, request.Generate, cancellationToken) : null);
    }

    /// <summary>Answers as before, where the key has come before. What fails is not remembered; what nobody waits for any more goes on, so that it is there when somebody asks again.</summary>
    private async Task RespondOnceAsync(HttpContext context, CompletionRequest request, string key, CompletionId proposed)
    {
        var id = await idempotent.ClaimAsync(key, proposed, RequestDigest.Of(request), context.RequestAborted);
        var isRepeated = id != proposed;
        if (isRepeated)
            context.Response.Headers["Idempotent-Replayed"] = "true";
        var isAnswered = false;
        try
        {
            var unread = request with { Generate = request.Generate with { RunsUnread = true } };
            using var reply = replies.Begin(context, request.Describe(id));
            isAnswered = await RespondAsync(context, Signed(unread, id, Caller.Of(context.User)), id, reply, isRepeated, cacheKey: null);
        }
        finally
        {
            if (!isAnswered && !context.RequestAborted.IsCancellationRequested)
                await idempotent.ReleaseAsync(key, id);
        }
    }

    private static CompletionRequest Signed(CompletionRequest request, CompletionId id, Caller caller) =>
        request with { Generate = request.Generate with { RequestId = id.ToString(), Key = caller.KeyId ?? "" } };

    private async Task RespondAsync(HttpContext context, CompletionRequest request, CompletionId id, WatchedReply reply, CachedResponse cached)
    {
        reply.IsKept();
        WriteHeaders(context, id, cached.Rates);
        var kept = cached.Outputs.Select((frame, record) => new TurnEvent { SessionId = request.Generate.RequestId, Turn = 0, Frame = frame, Record = record });
        var items = reply.WatchAsync(kept.ToAsyncEnumerable(), context.RequestAborted);
        if (request.Stream)
            await new CompletionStream(context, id, request.Model, logger).WriteAsync(items, EventId.None);
        else
            await WriteAsync(context, WholeReply.Write(id, request, await new CollectedReply(id.Choices).ReadAsync(items)));
    }

    /// <returns>Whether it was answered to its end.</returns>
    private async Task<bool> RespondAsync(HttpContext context, CompletionRequest request, CompletionId id, WatchedReply reply, bool isRepeated, ResponseKey? cacheKey)
    {
        var generate = request.Generate with { TraceParent = reply.TraceParent };
        var started = await reply.BeginAsync(() => completions.StartAsync(Caller.Of(context.User).Owner, id, request.Model, generate, isRepeated, context.RequestAborted));
        var completion = started.WatchedBy(reply);
        WriteHeaders(context, id, completion.Rates);
        var items = completion.ReadAsync(context.RequestAborted);
        if (request.Stream)
            return await StreamAsync(context, request, id, items, cacheKey);

        var outputs = await ReadAsync(context, completion, items, request.Generate.RunsUnread);
        Keep(cacheKey, outputs);
        await WriteAsync(context, WholeReply.Write(id, request, outputs));
        return true;
    }

    private async Task<bool> StreamAsync(HttpContext context, CompletionRequest request, CompletionId id, IAsyncEnumerable<TurnEvent> items, ResponseKey? cacheKey)
    {
        var stream = new CompletionStream(context, id, request.Model, logger);
        if (cacheKey is null)
            return await stream.WriteAsync(items, EventId.None);
        var collected = new CollectedReply(id.Choices);
        var isWhole = await stream.WriteAsync(collected.PassAsync(items), EventId.None);
        if (isWhole)
            Keep(cacheKey, collected.ToFrames());
        return isWhole;
    }

    private static async Task<TokenFrame[]> ReadAsync(HttpContext context, Completion completion, IAsyncEnumerable<TurnEvent> items, bool runsUnread)
    {
        try
        {
            return await new CollectedReply(completion.Id.Choices).ReadAsync(items);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested && !runsUnread)
        {
            await completion.StopAsync(); // nothing was shown, so there is nothing to go on from
            throw;
        }
    }

    private void Keep(ResponseKey? key, TokenFrame[] outputs)
    {
        if (key is not null)
            cache.Add(key, outputs);
    }

    private static void WriteHeaders(HttpContext context, CompletionId id, RateLimits? rates)
    {
        context.Response.Headers["x-request-id"] = id.ToString();
        if (rates is not null)
            RateLimitHeaders.Write(context.Response, rates);
    }

    private static async Task WriteAsync(HttpContext context, byte[] json)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = json.Length;
        await context.Response.BodyWriter.WriteAsync(json, context.RequestAborted);
    }
}
