using Granary.Models;

namespace Granary.Gateway.OpenAi;

/// <summary>OpenAI's names of why an output ended.</summary>
internal static class FinishReasonName
{
    /// <summary>OpenAI has no word for a reply that was stopped; such a reply is one that was cut short.</summary>
    public static string Of(FinishReason? reason) => reason switch
    {
        FinishReason.Stop => "stop",
        FinishReason.ToolCalls => "tool_calls",
        _ => "length",
    };
}
