using System.Diagnostics;
using Granary.Diagnostics;
using Granary.Engine.Scheduling;
using Granary.Models;

namespace Granary.Engine.Diagnostics;

/// <summary>Traces of generations, with OpenTelemetry's GenAI attributes. Contents are never recorded, and nothing happens on the engine's thread.</summary>
internal static class EngineTelemetry
{
    /// <summary>Begins the span of a generation, if its request is traced.</summary>
    public static Activity? StartGeneration(ModelManifest model, EngineRequest request) => GranaryTelemetry.StartSpan($"text_completion {model.Name}", request.TraceParent)?
        .SetTag("gen_ai.operation.name", "text_completion")
        .SetTag("gen_ai.provider.name", "granary")
        .SetTag("gen_ai.request.model", model.Name)
        .SetTag("gen_ai.request.max_tokens", request.Sampling.MaxTokens)
        .SetTag("gen_ai.request.seed", request.Sampling.Seed)
        .SetTag("gen_ai.response.id", request.RequestId);

    /// <summary>Records how the generation ended and what it waited for, if this output is the last one.</summary>
    public static void AddEnd(this Activity activity, EngineOutput output, Sequence sequence, TimeProvider timeProvider)
    {
        if (output is not { FinishReason: { } reason, Usage: { } usage })
        {
            return;
        }

        SequenceTimes times = sequence.Times;
        activity
            .SetTag("gen_ai.response.finish_reasons", new[] { reason.ToString().ToLowerInvariant() })
            .SetTag("gen_ai.usage.input_tokens", usage.PromptTokens)
            .SetTag("gen_ai.usage.cache_read.input_tokens", usage.CachedTokens)
            .SetTag("gen_ai.usage.output_tokens", usage.OutputTokens)
            .SetTag("granary.engine.first_step", times.FirstStep)
            .SetTag("granary.engine.last_step", times.LastStep);
        if (times.Started > 0)
        {
            AddStage(activity, "queue", times.Arrived, times.Started, timeProvider);
            AddStage(activity, "prefill", times.Started, times.FirstToken, timeProvider);
            AddStage(activity, "decode", times.FirstToken, times.LastToken, timeProvider);
        }
    }

    private static void AddStage(Activity generation, string name, long begin, long end, TimeProvider timeProvider)
    {
        DateTimeOffset At(long timestamp) => timeProvider.GetUtcNow() - timeProvider.GetElapsedTime(timestamp);
        if (end >= begin)
        {
            using Activity? stage = GranaryTelemetry.Activities.StartActivity(name, ActivityKind.Internal, generation.Context, startTime: At(begin));
            stage?.SetEndTime(At(end).UtcDateTime);
        }
    }
}
