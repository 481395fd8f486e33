namespace Granary.Chaos.Clients;

/// <summary>An event of a turn, as the hub sends it.</summary>
internal sealed record HubEvent(string SessionId, int Turn, string? Silo, string? Zone, HubFrame? Frame);
