using System.Runtime.CompilerServices;
using System.Text.Json;
using Granary.Errors;
using Granary.Gateway.Completions;
using Granary.Gateway.Idempotency;
using Granary.Gateway.Identity;
using Granary.Gateway.Limits;
using Granary.Gateway.OpenAi.Requests;
using Granary.Sessions;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.OpenAi;

/// <summary>Completions for those who hold a connection, the hub's or a plain WebSocket: event by event, whether the body asks for a stream or not.</summary>
internal sealed class StreamedCompletions(CompletionAnswers answers, CompletionClient completions, CompletionIds ids, BodyReader bodies, IOptions<GatewayOptions> options)
{
    /// <summary>Begins one and gives its events. Cancelling stops it, unless it has an idempotency key; a connection that is lost leaves it running, to be followed.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="start">What for.</param>
    /// <param name="http">The connection.</param>
    /// <param name="connectionLost">Tells a lost connection from a caller that cancels.</param>
    /// <param name="cancellationToken">The caller cancels, or the connection is lost.</param>
    /// <exception cref="GranaryException">It is refused, or breaks off.</exception>
    public async IAsyncEnumerable<CompletionEvent> CompleteAsync(
        Caller caller, StartCompletion start, HttpContext? http, CancellationToken connectionLost, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var answer = await answers.BeginAsync(ToCall(caller, start, http), cancellationToken);
        try
        {
            await foreach (var item in WriteAsync(answer.Id, answer.Model, answer.ReadAsync(cancellationToken), EventId.None))
                yield return item;
            answer.Complete();
        }
        finally
        {
            if (cancellationToken.IsCancellationRequested && !connectionLost.IsCancellationRequested)
                await answer.StopAsync();
        }
    }

    /// <summary>The events of one that was begun before, by whatever way and at whatever gateway; cancelling leaves it alone.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="id">The completion's id.</param>
    /// <param name="last">Id of the last event that the caller had; empty where he had none.</param>
    /// <param name="cancellationToken">The caller leaves.</param>
    /// <exception cref="GranaryException"><c>completion_not_found</c>, or it breaks off.</exception>
    public async IAsyncEnumerable<CompletionEvent> FollowAsync(Caller caller, string id, string? last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var place = EventId.Parse(last);
        var completion = await completions.FindAsync(caller.Owner, id, kind: null, cancellationToken);
        await foreach (var item in WriteAsync(completion.Id, completion.Model, completion.ReadAsync(cancellationToken), place))
            yield return item;
    }

    // The end is the carrier's to tell.
    private static async IAsyncEnumerable<CompletionEvent> WriteAsync(CompletionId id, string model, IAsyncEnumerable<TurnEvent> items, EventId last)
    {
        var events = new NumberedEvents(id, model, last);
        await foreach (var item in items)
        {
            foreach (var numbered in events.Of(item))
            {
                if (!numbered.IsDone)
                    yield return numbered;
            }
        }
    }

    private CompletionCall ToCall(Caller caller, StartCompletion start, HttpContext? http)
    {
        if (start.Body is not { } body)
            throw new GranaryException(ErrorCode.InvalidRequest, "'body' is missing.", "body");
        using var read = bodies.Read(body);
        var asked = Read(start.Kind, read.RootElement) with { Stream = true };
        if (asked.BestOf < asked.Generate.Layout.PerPrompt)
            throw Field.Contradiction("best_of", "'best_of' above 'n' cannot be streamed: which ones are best is known at the end.");
        return new(caller, ids.New(asked.Kind, asked.Generate.Layout, asked.IncludeUsage), asked)
        {
            IdempotencyKey = start.IdempotencyKey is { } key ? IdempotencyKey.Of(key, caller) : null,
            Cache = CacheControl.Parse(start.CacheControl),
            Http = http,
        };
    }

    private CompletionRequest Read(CompletionKind kind, JsonElement body) =>
        kind == CompletionKind.Chat ? ChatCompletionReader.Read(body, options.Value).ToCompletion() : TextCompletionReader.Read(body, options.Value);
}
