namespace Granary.Chaos.Clients;

/// <summary>A server-sent event.</summary>
internal sealed record SseEvent(string? Id, string Data);
