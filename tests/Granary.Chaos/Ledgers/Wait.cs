namespace Granary.Chaos.Ledgers;

/// <summary>A reader's wait for the next token.</summary>
/// <param name="Length">How long.</param>
/// <param name="Where">Who waited.</param>
/// <param name="End">When it ended.</param>
internal sealed record Wait(TimeSpan Length, string Where, DateTimeOffset End);
