namespace Granary.Gateway.Chat.Messages;

/// <summary>Argument of <c>Send</c>.</summary>
/// <param name="SessionId">The conversation.</param>
/// <param name="Text">What the user says.</param>
/// <param name="Sampling">How the reply is sampled; without it the model's defaults.</param>
public sealed record SendChat(string SessionId, string Text, ChatSampling? Sampling = null);
