using System.Globalization;

namespace Granary.Engine.Execution;

/// <summary>Names of the graph's inputs and outputs; <see cref="Models.ModelManifest"/> says what they are.</summary>
internal static class GraphNames
{
    public const string InputIds = "input_ids";
    public const string SeqlensK = "seqlens_k";
    public const string TotalSequenceLength = "total_sequence_length";
    public const string LogitRows = "logit_rows";
    public const string Logits = "logits";
    public const string HiddenStates = "hidden_states";
    public const string Delta = "delta";
    public const string NextHiddenStates = "next_hidden_states";
    public const string ExpertInput = "expert_input";
    public const string RouterLogits = "router_logits";
    public const string ExpertTokens = "tokens";
    public const string ExpertCounts = "counts";
    public const string ExpertOutput = "expert_output";
    public const string TopLogits = "top_logits";
    public const string TopTokens = "top_tokens";

    public static string PastKey(int layer) => string.Create(CultureInfo.InvariantCulture, $"past_key_values.{layer}.key");

    public static string PastValue(int layer) => string.Create(CultureInfo.InvariantCulture, $"past_key_values.{layer}.value");

    public static string PresentKey(int layer) => string.Create(CultureInfo.InvariantCulture, $"present.{layer}.key");

    public static string PresentValue(int layer) => string.Create(CultureInfo.InvariantCulture, $"present.{layer}.value");
}
