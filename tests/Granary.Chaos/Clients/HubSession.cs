namespace Granary.Chaos.Clients;

/// <summary>A conversation, as the hub tells of it.</summary>
internal sealed record HubSession(string Id);
