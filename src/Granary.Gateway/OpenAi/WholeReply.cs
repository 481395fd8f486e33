using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Granary.Gateway.Completions;
using Granary.Gateway.OpenAi.Requests;
using Granary.Gateway.OpenAi.Responses;
using Granary.Serving;

namespace Granary.Gateway.OpenAi;

/// <summary>A reply that is sent as a whole.</summary>
internal static class WholeReply
{
    /// <summary>Its JSON.</summary>
    /// <param name="id">The completion.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="outputs">All outputs in order, one frame each.</param>
    public static byte[] Write(CompletionId id, CompletionRequest request, TokenFrame[] outputs)
    {
        var reply = outputs.Aggregate(ReplyHeader.From(id, request.Model), (header, output) => header.At(output));
        var usage = UsageObject.From(Array.ConvertAll(outputs, output => output.Usage), id.Layout);
        return id.Kind == CompletionKind.Chat
            ? Json(new ChatCompletion(reply.Id, reply.Created, reply.Model, reply.SystemFingerprint, Array.ConvertAll(outputs, ChatChoice), usage), OpenAiJson.Default.ChatCompletion)
            : Json(
                new TextCompletion.WithUsage(
                    reply.Id, reply.Created, reply.Model, reply.SystemFingerprint, [.. Best(id.Layout, request.BestOf, outputs).Select((output, index) => TextChoice(output, index, request.WantsLogProbs))], usage),
                OpenAiJson.Default.TextCompletionWithUsage);
    }

    /// <summary>The likeliest outputs of each prompt, as many as wanted: by the mean log-probability of their tokens.</summary>
    private static IEnumerable<TokenFrame> Best(PromptLayout layout, int wanted, TokenFrame[] outputs) => wanted == layout.PerPrompt
        ? outputs
        : outputs.Chunk(layout.PerPrompt).SelectMany(ofPrompt => ofPrompt.OrderByDescending(MeanLogProb).Take(wanted));

    private static double MeanLogProb(TokenFrame output) =>
        output.LogProbs is { Length: > 0 } places ? places.Average(place => place.Chosen.LogProb) : double.NegativeInfinity;

    // A reply that only calls has no content.
    private static ChatCompletion.Choice ChatChoice(TokenFrame output)
    {
        var message = new ChatCompletion.Message(output is { Text: "", ToolCalls: not null } ? null : output.Text)
        {
            ToolCalls = output.ToolCalls is { } calls ? Array.ConvertAll(calls, ToolCallObject.From) : null,
        };
        return new(output.Choice, message, output.LogProbs is null ? null : LogProbsObject.From(output.LogProbs), FinishReasonName.Of(output.FinishReason));
    }

    private static TextCompletion.Output TextChoice(TokenFrame output, int index, bool wantsLogProbs)
    {
        var offset = 0;
        var logProbs = wantsLogProbs ? TextLogProbsObject.From(output, ref offset) : null;
        return new(index, output.Text, logProbs, FinishReasonName.Of(output.FinishReason));
    }

    private static byte[] Json<T>(T reply, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(reply, type);
}
