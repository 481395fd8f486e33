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

        var generate = new GenerateRequest
        {
            RequestId = $"chatcmpl-{Guid.CreateVersion7():N}",
            Messages = request.Messages,
            Sampling = request.Sampling,
            Choices = request.Choices,
            Tools = request.Tools,
        };
        await using var completion = await completions.StartAsync(request.Model, generate, cancellationToken);
        var reply = new ReplyHeader(completion.RequestId, time.GetUtcNow().ToUnixTimeSeconds(), request.Model, "fp_" + completion.Replica.Fingerprint[..FingerprintChars]);
        context.Response.Headers["x-request-id"] = completion.RequestId;
        if (request.Stream)
            await new ChatCompletionStream(context, reply, request.Choices, request.IncludeUsage, logger).WriteAsync(completion);
        else
            await WriteWholeAsync(context, reply, request.Choices, completion);
    }

    private static async Task WriteWholeAsync(HttpContext context, ReplyHeader reply, int choices, Completion completion)
    {
        var collected = Enumerable.Range(0, choices).Select(index => new CollectedChoice(index)).ToArray();
        await foreach (var frame in completion.ReadAsync())
        {
            collected[frame.Choice].Add(frame);
        }

        await context.Response.WriteAsJsonAsync(
            new ChatCompletion(
                reply.Id,
                reply.Created,
                reply.Model,
                reply.SystemFingerprint,
                Array.ConvertAll(collected, choice => choice.ToResponse()),
                UsageObject.From([.. collected.Select(choice => choice.Usage)])),
            OpenAiJson.Default.ChatCompletion,
            cancellationToken: context.RequestAborted);
    }

    /// <summary>OpenAI has no word for a reply that was stopped; such a reply is one that was cut short.</summary>
    internal static string Name(FinishReason? reason) => reason switch
    {
        FinishReason.Stop => "stop",
        FinishReason.ToolCalls => "tool_calls",
        _ => "length",
    };
}
