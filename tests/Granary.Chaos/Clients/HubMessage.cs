namespace Granary.Chaos.Clients;

/// <summary>A message of a conversation.</summary>
internal sealed record HubMessage(string Role, string Content);
