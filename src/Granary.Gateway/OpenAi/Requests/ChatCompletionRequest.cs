using Granary.Gateway.Completions;
using Granary.Models;
using Granary.Serving;

namespace Granary.Gateway.OpenAi.Requests;

/// <summary>A request, read and checked.</summary>
internal sealed record ChatCompletionRequest(
    string Model, ChatMessage[] Messages, SamplingParameters Sampling, int Choices, ToolUse? Tools, bool Stream, bool IncludeUsage)
{
    /// <summary>As <see cref="GenerateRequest.Priority"/>.</summary>
    public int Priority { get; init; }

    public CompletionRequest ToCompletion()
    {
        var generate = new GenerateRequest { RequestId = "", Messages = Messages, Sampling = Sampling, Choices = Choices, Tools = Tools, Priority = Priority };
        return new(CompletionKind.Chat, Model, generate, Stream, IncludeUsage, Choices);
    }
}
