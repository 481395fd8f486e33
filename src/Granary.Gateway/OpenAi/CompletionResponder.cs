using System.Diagnostics;
using Granary.Gateway.Completions;
using Granary.Gateway.Errors;
using Granary.Gateway.Idempotency;
using Granary.Gateway.Identity;
using Granary.Gateway.OpenAi.Requests;
using Granary.Serving;

namespace Granary.Gateway.OpenAi;

/// <summary>Answers requests for completions of either kind over HTTP, whole or as a stream.</summary>
internal sealed class CompletionResponder(CompletionAnswers answers, CompletionIds ids, TimeProvider time, ILogger<CompletionStream> logger)
{
    /// <exception cref="Granary.Errors.GranaryException">It was refused before anything was sent.</exception>
    public async Task RespondAsync(HttpContext context, CompletionRequest asked)
    {
        var caller = Caller.Of(context.User);
        var call = new CompletionCall(caller, ids.New(asked.Kind, asked.Generate.Layout, asked.Stream && asked.IncludeUsage), asked)
        {
            IdempotencyKey = IdempotencyKey.Find(context.Request, caller),
            Cache = CacheControl.Of(context.Request),
            Http = context,
        };
        RequestId.Set(context.Response, call.Id.ToString()); // a refusal has it, too: telemetry knows it by that
        await using var answer = await answers.BeginAsync(call, context.RequestAborted);
        if (answer.Span is { } span)
            Activity.Current = span; // ASP.NET's own, which nobody exports, would be what the log names
        WriteHeaders(context.Response, answer);
        if (asked.Stream)
            await StreamAsync(context, answer);
        else
            await WriteAsync(context, WholeReply.Write(answer.Id, asked, await ReadAsync(context, answer)));
    }

    private async Task StreamAsync(HttpContext context, CompletionAnswer answer)
    {
        if (await new CompletionStream(context, answer.Id, answer.Model, time, logger).WriteAsync(answer.ReadAsync(context.RequestAborted), EventId.None))
            answer.Complete();
    }

    private static async Task<TokenFrame[]> ReadAsync(HttpContext context, CompletionAnswer answer)
    {
        try
        {
            var outputs = await new CollectedReply(answer.Id.Choices).ReadAsync(answer.ReadAsync(context.RequestAborted));
            answer.Complete();
            return outputs;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            await answer.StopAsync(); // nothing was shown, so there is nothing to go on from
            throw;
        }
    }

    private static void WriteHeaders(HttpResponse response, CompletionAnswer answer)
    {
        RequestId.Set(response, answer.Id.ToString());
        if (answer.IsKept)
            response.Headers["x-granary-cache"] = "hit";
        if (answer.IsRepeated)
            response.Headers["Idempotent-Replayed"] = "true";
        if (answer.Rates is { } rates)
            RateLimitHeaders.Write(response, rates);
    }

    private static async Task WriteAsync(HttpContext context, byte[] json)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = json.Length;
        await context.Response.BodyWriter.WriteAsync(json, context.RequestAborted);
    }
}
