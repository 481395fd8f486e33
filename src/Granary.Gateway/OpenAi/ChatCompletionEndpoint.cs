using System.Text;
using Granary.Gateway.Completions;
using Granary.Gateway.Limits;
using Granary.Gateway.OpenAi.Requests;
using Granary.Gateway.OpenAi.Responses;
using Granary.Models;
using Granary.Serving;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.OpenAi;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal static class ChatCompletionEndpoint
{
    private const int FingerprintChars = 10;

    public static async Task HandleAsync(
        HttpContext context, BodyReader bodies, ICompletionClient completions, IOptions<GatewayOptions> options, TimeProvider time, ILogger<ChatCompletionStream> logger)
    {
        var cancellationToken = context.RequestAborted;
        using var body = await bodies.ReadJsonAsync(context.Request, cancellationToken);
        var request = ChatCompletionReader.Read(body.RootElement, options.Value);

        await using var completion = await completions.StartAsync(request.Model, request.Messages, request.Sampling, cancellationToken);
        var reply = new ReplyHeader(completion.RequestId, time.GetUtcNow().ToUnixTimeSeconds(), request.Model, "fp_" + completion.Replica.Fingerprint[..FingerprintChars]);
        context.Response.Headers["x-request-id"] = completion.RequestId;
        if (request.Stream)
            await new ChatCompletionStream(context, reply, request.IncludeUsage, logger).WriteAsync(completion);
        else
            await WriteWholeAsync(context, reply, completion);
    }

    private static async Task WriteWholeAsync(HttpContext context, ReplyHeader reply, Completion completion)
    {
        var text = new StringBuilder();
        TokenFrame? last = null;
        await foreach (var frame in completion.ReadAsync())
        {
            text.Append(frame.Text);
            last = frame;
        }

        var choice = new ChatCompletion.Choice(new ChatCompletion.Message(text.ToString()), Name(last?.FinishReason));
        var usage = last?.Usage is { } used ? UsageObject.From(used) : null;
        await context.Response.WriteAsJsonAsync(
            new ChatCompletion(reply.Id, reply.Created, reply.Model, reply.SystemFingerprint, [choice], usage),
            OpenAiJson.Default.ChatCompletion,
            cancellationToken: context.RequestAborted);
    }

    /// <summary>OpenAI has no word for a reply that was stopped; such a reply is one that was cut short.</summary>
    internal static string Name(FinishReason? reason) => reason == FinishReason.Stop ? "stop" : "length";
}
