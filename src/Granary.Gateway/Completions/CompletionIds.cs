using Granary.Completions;
using Granary.Serving;

namespace Granary.Gateway.Completions;

/// <summary>Ids for completions that begin here.</summary>
internal sealed class CompletionIds(ILocalCompletions local, TimeProvider time)
{
    /// <summary>A new one.</summary>
    /// <param name="kind">How it is written.</param>
    /// <param name="layout">Outputs, and their prompts.</param>
    /// <param name="includesUsage">Whether the stream ends with the usage.</param>
    public CompletionId New(CompletionKind kind, PromptLayout layout, bool includesUsage) =>
        new(Guid.CreateVersion7(time.GetUtcNow()), kind, layout, includesUsage, local.Mark);
}
