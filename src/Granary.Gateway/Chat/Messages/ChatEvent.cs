using System.Text.Json.Serialization;
using Granary.Models;
using Granary.Serving;

namespace Granary.Gateway.Chat.Messages;

/// <summary>An item of the stream that <c>Send</c> returns: one <see cref="Started"/>, any number of <see cref="Tokens"/>, one <see cref="Finished"/>.</summary>
/// <param name="Turn">The turn, from 0.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Started), "started")]
[JsonDerivedType(typeof(Tokens), "tokens")]
[JsonDerivedType(typeof(Finished), "finished")]
public abstract record ChatEvent(int Turn)
{
    /// <summary>The message is stored, and this replica answers.</summary>
    public sealed record Started(int Turn, string SessionId, string? Model, string? Silo, string? Zone) : ChatEvent(Turn);

    /// <summary>Consecutive tokens; <c>Index</c> is that of the first.</summary>
    public sealed record Tokens(int Turn, int Index, int[] Ids, string Text) : ChatEvent(Turn);

    /// <summary>The reply ended and is stored.</summary>
    public sealed record Finished(int Turn, FinishReason Reason, TokenUsage? Usage, double? FirstTokenMs, double TotalMs) : ChatEvent(Turn);
}
