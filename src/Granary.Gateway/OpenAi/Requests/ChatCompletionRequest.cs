using Granary.Models;

namespace Granary.Gateway.OpenAi.Requests;

/// <summary>A request, read and checked.</summary>
internal sealed record ChatCompletionRequest(
    string Model, ChatMessage[] Messages, SamplingParameters Sampling, int Choices, ToolUse? Tools, bool Stream, bool IncludeUsage);
