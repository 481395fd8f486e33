using Granary.Gateway.Completions;
using Granary.Gateway.Telemetry.Replies;
using Granary.Models;
using Granary.Serving;

namespace Granary.Gateway.OpenAi.Requests;

/// <summary>A request of either kind, read and checked.</summary>
/// <param name="Kind">How it was asked for, and is answered.</param>
/// <param name="Model">Who is to answer.</param>
/// <param name="Generate">What is to be generated; who asks, and under which id, is not in it yet.</param>
/// <param name="Stream">Whether the reply is sent as it comes.</param>
/// <param name="IncludeUsage">Whether such a reply ends with the usage.</param>
/// <param name="BestOf">Outputs of each prompt that are answered with: the likeliest ones, where more are generated.</param>
internal sealed record CompletionRequest(CompletionKind Kind, string Model, GenerateRequest Generate, bool Stream, bool IncludeUsage, int BestOf)
{
    /// <summary>Whether log-probabilities are part of the answer, where they are generated.</summary>
    public bool WantsLogProbs { get; init; } = true;

    /// <summary>The request as telemetry tells it.</summary>
    public ReplyRequest Describe(CompletionId id) => new()
    {
        Id = id.ToString(),
        Operation = Kind == CompletionKind.Chat ? "chat" : "text_completion",
        Model = Model,
        Sampling = Generate.Sampling,
        Layout = id.Layout,
        IsStreamed = Stream,
        Tools = Generate.Tools?.Definitions ?? [],
        Messages = Generate.Messages ?? [.. (Generate.Prompts ?? []).Select(prompt => new ChatMessage(ChatRole.User, prompt.Text ?? ""))],
    };
}
