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
        if (call.IdempotencyKey is { } key)
            return await BeginOnceAsync(call, key, gone);

        var (owner, asked) = (call.Caller.Owner, call.Request);
        var generate = Signed(call, call.Id);
        var kept = call.Cache.Stores ? await cache.KeyOfAsync(owner, asked.Model, asked.Generate, gone) : null;
        if (kept is not null && call.Cache.Finds && await cache.FindAsync(kept, owner, asked.Model, generate, gone) is { } found)
            return new KeptAnswer(call.Id, asked.Model, found);
        var (completion, reply) = await StartAsync(call, call.Id, generate, isRepeated: false, gone);
        return new RunningAnswer(completion, reply, kept is null ? null : outputs => cache.Add(kept, outputs), release: null, gone);
    }

    /// <summary>What fails is not remembered; what nobody waits for any more goes on, so that it is there when somebody asks again.</summary>
    private async Task<CompletionAnswer> BeginOnceAsync(CompletionCall call, string key, CancellationToken gone)
    {
        var id = await idempotent.ClaimAsync(key, call.Id, RequestDigest.Of(call.Request), gone);
        try
        {
            var isRepeated = id != call.Id;
            var (completion, reply) = await StartAsync(call, id, Signed(call, id) with { RunsUnread = true }, isRepeated, gone);
            return new RunningAnswer(completion, reply, keep: null, () => idempotent.ReleaseAsync(key, id), gone) { WasBegunBefore = isRepeated };
        }
        catch (Exception) when (!gone.IsCancellationRequested)
        {
            await idempotent.ReleaseAsync(key, id);
            throw;
        }
    }

    private async Task<(Completion Completion, WatchedReply Reply)> StartAsync(CompletionCall call, CompletionId id, GenerateRequest generate, bool isRepeated, CancellationToken gone)
    {
        var reply = replies.Begin(call.Http, call.Request.Describe(id), call.TraceParent);
        try
        {
            var traced = generate with { TraceParent = reply.TraceParent };
            var started = await reply.BeginAsync(() => completions.StartAsync(call.Caller.Owner, id, call.Request.Model, traced, isRepeated, gone));
            return (started.WatchedBy(reply), reply);
        }
        catch (Exception)
        {
            reply.Dispose();
            throw;
        }
    }

    private static GenerateRequest Signed(CompletionCall call, CompletionId id) => call.Request.Generate with { RequestId = id.ToString(), Key = call.Caller.KeyId ?? "" };
}
