using System.Diagnostics;
using Granary.Models;

namespace Granary.Engine.Diagnostics;

/// <summary>Traces of generations, with OpenTelemetry's GenAI attributes. Contents are never recorded.</summary>
internal static class EngineTelemetry
{
    public const string Name = "Granary";

    private static readonly ActivitySource Activities = new(Name);

    /// <summary>Starts the span of one generation, if somebody listens.</summary>
    public static Activity? StartGeneration(ModelManifest model, EngineRequest request)
    {
        Activity? activity = Activities.StartActivity($"text_completion {model.Name}");
        return activity?
            .SetTag("gen_ai.operation.name", "text_completion")
            .SetTag("gen_ai.provider.name", "granary")
            .SetTag("gen_ai.request.model", model.Name)
            .SetTag("gen_ai.request.max_tokens", request.Sampling.MaxTokens)
            .SetTag("gen_ai.response.id", request.RequestId);
    }

    /// <summary>Records how the generation ended, if this output is the last one.</summary>
    public static void AddUsage(this Activity activity, EngineOutput output)
    {
        if (output is { FinishReason: { } reason, Usage: { } usage })
        {
            activity
                .SetTag("gen_ai.response.finish_reasons", new[] { reason.ToString().ToLowerInvariant() })
                .SetTag("gen_ai.usage.input_tokens", usage.PromptTokens)
                .SetTag("gen_ai.usage.output_tokens", usage.OutputTokens);
        }
    }
}
