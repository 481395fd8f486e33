namespace Granary.TokenLog;

/// <summary>The right to append to a turn, until somebody opens the turn again.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Epoch">Raised by every <see cref="ITokenLog.OpenAsync"/>; the store refuses appends of lower ones.</param>
internal readonly record struct TurnLease(TurnKey Turn, long Epoch);
