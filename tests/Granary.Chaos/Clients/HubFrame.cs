namespace Granary.Chaos.Clients;

/// <summary>Tokens, as the hub sends them.</summary>
internal sealed record HubFrame(int FirstIndex, int[] Tokens, string Text, string? FinishReason);
