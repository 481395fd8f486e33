using Granary.Gateway.Completions;
using Granary.Gateway.Idempotency;
using Granary.Gateway.OpenAi.Requests;
using Granary.Gateway.Telemetry.Replies;
using Granary.ResponseCache;
using Granary.Serving;

namespace Granary.Gateway.OpenAi;

/// <summary>Answers requests for completions, by whatever way they come: from what is kept, as before where the idempotency key has come before, or anew.</summary>
internal sealed class CompletionAnswers(CompletionClient completions, IdempotentCompletions idempotent, IResponseCache cache, ReplyTelemetry replies)
{
    /// <summary>Begins the answer.</summary>
    /// <param name="call">What is asked for.</param>
    /// <param name="gone">The caller leaves or cancels.</param>
    /// <exception cref="Granary.Errors.GranaryException">It is refused.</exception>
    public async Task<CompletionAnswer> BeginAsync(CompletionCall call, CancellationToken gone)
    {
        if (call.IdempotencyKey is { } once)
            return await BeginOnceAsync(call, once, gone);

        var reply = Watch(call, call.Id);
        try
        {
            var generate = Signed(call, call.Id);
            var (key, kept) = await reply.BeginAsync(() => FindKeptAsync(call, generate, gone));
            if (kept is not null)
                return new KeptAnswer(call.Id, call.Request.Model, kept, reply);
            var completion = await StartAsync(call, call.Id, generate, reply, isRepeated: false, gone);
            return new RunningAnswer(completion, reply, key is null ? null : outputs => cache.Add(key, outputs), release: null, gone);
        }
        catch (Exception)
        {
            reply.Dispose();
            throw;
        }
    }

    private async Task<(ResponseKey? Key, CachedResponse? Kept)> FindKeptAsync(CompletionCall call, GenerateRequest generate, CancellationToken gone)
    {
        var (owner, asked) = (call.Caller.Owner, call.Request);
        var key = call.Cache.Stores ? await cache.KeyOfAsync(owner, asked.Model, asked.Generate, gone) : null;
        return (key, key is not null && call.Cache.Finds ? await cache.FindAsync(key, owner, asked.Model, generate, gone) : null);
    }

    /// <summary>What fails is not remembered; what nobody waits for any more goes on, so that it is there when somebody asks again.</summary>
    private async Task<CompletionAnswer> BeginOnceAsync(CompletionCall call, string key, CancellationToken gone)
    {
        var id = await idempotent.ClaimAsync(key, call.Id, RequestDigest.Of(call.Request), gone);
        var reply = Watch(call, id);
        try
        {
            var isRepeated = id != call.Id;
            var completion = await StartAsync(call, id, Signed(call, id) with { RunsUnread = true }, reply, isRepeated, gone);
            return new RunningAnswer(completion, reply, keep: null, () => idempotent.ReleaseAsync(key, id), gone) { WasBegunBefore = isRepeated };
        }
        catch (Exception)
        {
            reply.Dispose();
            if (!gone.IsCancellationRequested)
                await idempotent.ReleaseAsync(key, id);
            throw;
        }
    }

    private WatchedReply Watch(CompletionCall call, CompletionId id) => replies.Begin(call.Http, call.Request.Describe(id));

    private async Task<Completion> StartAsync(CompletionCall call, CompletionId id, GenerateRequest generate, WatchedReply reply, bool isRepeated, CancellationToken gone)
    {
        var traced = generate with { TraceParent = reply.TraceParent };
        var started = await reply.BeginAsync(() => completions.StartAsync(call.Caller.Owner, id, call.Request.Model, traced, isRepeated, gone));
        return started.WatchedBy(reply);
    }

    private static GenerateRequest Signed(CompletionCall call, CompletionId id) => call.Request.Generate with { RequestId = id.ToString(), Key = call.Caller.KeyId ?? "" };
}
