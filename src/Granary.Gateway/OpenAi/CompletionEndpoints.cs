using Granary.Gateway.Completions;
using Granary.Gateway.Errors;
using Granary.Gateway.Identity;
using Granary.Gateway.Limits;
using Granary.Gateway.OpenAi.Requests;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.OpenAi;

/// <summary>Completions of either kind, and their events from where a client lost them, at any gateway.</summary>
internal static class CompletionEndpoints
{
    /// <summary><c>POST /v1/chat/completions</c>.</summary>
    public static async Task ChatAsync(HttpContext context, BodyReader bodies, CompletionResponder responder, IOptions<GatewayOptions> options)
    {
        using var body = await bodies.ReadJsonAsync(context.Request, context.RequestAborted);
        await responder.RespondAsync(context, ChatCompletionReader.Read(body.RootElement, options.Value).ToCompletion());
    }

    /// <summary><c>POST /v1/completions</c>.</summary>
    public static async Task TextAsync(HttpContext context, BodyReader bodies, CompletionResponder responder, IOptions<GatewayOptions> options)
    {
        using var body = await bodies.ReadJsonAsync(context.Request, context.RequestAborted);
        await responder.RespondAsync(context, TextCompletionReader.Read(body.RootElement, options.Value));
    }

    /// <summary><c>GET /v1/chat/completions/{id}/events</c>.</summary>
    public static Task ChatEventsAsync(HttpContext context, string id, CompletionClient completions, TimeProvider time, ILogger<CompletionStream> logger) =>
        WriteEventsAsync(context, CompletionKind.Chat, id, completions, time, logger);

    /// <summary><c>GET /v1/completions/{id}/events</c>.</summary>
    public static Task TextEventsAsync(HttpContext context, string id, CompletionClient completions, TimeProvider time, ILogger<CompletionStream> logger) =>
        WriteEventsAsync(context, CompletionKind.Text, id, completions, time, logger);

    private static async Task WriteEventsAsync(HttpContext context, CompletionKind kind, string id, CompletionClient completions, TimeProvider time, ILogger<CompletionStream> logger)
    {
        // The header is what a browser's EventSource sends; the parameter is for clients that cannot set one.
        var header = context.Request.Headers["Last-Event-ID"].ToString();
        var last = EventId.Parse(header.Length > 0 ? header : context.Request.Query["last_event_id"].ToString());
        var completion = await completions.FindAsync(Caller.Of(context.User).Owner, id, kind, context.RequestAborted);
        RequestId.Set(context.Response, completion.Id.ToString());
        await new CompletionStream(context, completion.Id, completion.Model, time, logger).WriteAsync(completion.ReadAsync(context.RequestAborted), last);
    }
}
