namespace Granary.Gateway.Chat.Messages;

/// <summary>Argument of <c>Create</c>.</summary>
/// <param name="Model">The model to talk to; without one, the first that is served.</param>
/// <param name="System">Instructions to the model.</param>
/// <param name="Title">What lists show; without one the first message gives it.</param>
public sealed record CreateChat(string? Model = null, string? System = null, string? Title = null);
