namespace Granary.Gateway.Chat.Messages;

/// <summary>Argument of <c>Send</c>.</summary>
/// <param name="Text">What the user says.</param>
/// <param name="Sampling">How the reply is sampled; without it the model's defaults.</param>
public sealed record SendChat(string Text, ChatSampling? Sampling = null);
