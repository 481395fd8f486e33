using System.Text.Json.Serialization;

namespace Granary.Host.Chat;

/// <summary>An event of a reply, as the hub sends it.</summary>
internal sealed record TurnMessage(int Turn, string? Model, string? Silo, string? Zone, TurnMessage.Tokens? Frame)
{
    /// <summary>Consecutive tokens.</summary>
    internal sealed record Tokens(int FirstIndex, [property: JsonPropertyName("tokens")] int[] Ids, string Text, string? FinishReason, Cost? Usage)
    {
        /// <summary>Index of the token behind them.</summary>
        public int End => FirstIndex + Ids.Length;
    }

    /// <summary>What a reply took.</summary>
    internal sealed record Cost(int OutputTokens);
}
