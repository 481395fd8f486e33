namespace Granary.Chaos.Clients;

/// <summary>A conversation's messages, as the hub tells them.</summary>
internal sealed record HubHistory(HubMessage[] Messages, bool IsAnswering);
