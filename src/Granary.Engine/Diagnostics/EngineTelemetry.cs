using System.Diagnostics;
using Granary.Diagnostics;
using Granary.Engine.Scheduling;
using Granary.Models;

namespace Granary.Engine.Diagnostics;

/// <summary>Traces of generations, with OpenTelemetry's GenAI attributes. Contents are never recorded, and nothing happens on the engine's thread.</summary>
internal static class EngineTelemetry
{
    /// <summary>Begins the span of a generation, if its request is traced.</summary>
    /// <param name="model">What generates.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="begin">When it began; now, if left out.</param>
    public static Activity? StartGeneration(ModelManifest model, EngineRequest request, DateTimeOffset begin = default) => GranaryTelemetry
        .StartSpan($"text_completion {model.Name}", request.TraceParent, begin)?
        .SetTag("gen_ai.operation.name", "text_completion")
        .SetTag("gen_ai.provider.name", "granary")
        .SetTag("gen_ai.request.model", model.Name)
        .SetTag("gen_ai.request.max_tokens", request.Sampling.MaxTokens)
        .SetTag("gen_ai.request.seed", request.Sampling.Seed)
        .SetTag("gen_ai.response.id", request.RequestId);

    /// <summary>Begins the span of a generation that came from another engine, which begins with the way that its keys and values took.</summary>
    /// <param name="model">What goes on with it.</param>
    /// <param name="sequence">The generation.</param>
    /// <param name="begin">When the first of it was read.</param>
    /// <param name="end">When all of it was.</param>
    public static Activity? StartImported(ModelManifest model, Sequence sequence, DateTimeOffset begin, DateTimeOffset end)
    {
        Activity? generation = StartGeneration(model, sequence.Request!, begin)?.SetTag("granary.engine.imported_tokens", sequence.ImportedTokens);
        if (generation is not null)
        {
            AddStage(generation, "import", begin, end);
        }

        return generation;
    }

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
            AddStage(activity, "queue", At(times.Arrived), At(times.Started));
            AddStage(activity, "prefill", At(times.Started), At(times.FirstToken));
            AddStage(activity, "decode", At(times.FirstToken), At(times.LastToken));
        }

        DateTimeOffset At(long timestamp) => timeProvider.GetUtcNow() - timeProvider.GetElapsedTime(timestamp);
    }

    private static void AddStage(Activity generation, string name, DateTimeOffset begin, DateTimeOffset end)
    {
        if (end >= begin)
        {
            using Activity? stage = GranaryTelemetry.Activities.StartActivity(name, ActivityKind.Internal, generation.Context, startTime: begin);
            stage?.SetEndTime(end.UtcDateTime);
        }
    }
}
