namespace Granary.Gateway.Chat.Messages;

/// <summary>Argument of <c>Send</c>.</summary>
/// <param name="Text">What the user says.</param>
/// <param name="Sampling">How the reply is sampled; without it the model's defaults.</param>
/// <param name="Id">Unique in the conversation, at most 100 characters: sent again with the same id, the message is said once.</param>
/// <param name="Priority">−100 to 100: of the tenant's requests that wait for an engine, lower ones start earlier.</param>
public sealed record SendChat(string Text, ChatSampling? Sampling = null, string? Id = null, int Priority = 0);
