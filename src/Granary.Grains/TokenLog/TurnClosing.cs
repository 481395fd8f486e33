namespace Granary.TokenLog;

/// <summary>A turn to close.</summary>
/// <param name="Lease">From <see cref="ITokenLog.OpenAsync"/>.</param>
/// <param name="Keep">How long the log keeps it from now on; <see langword="null"/>: as long as its owner.</param>
internal readonly record struct TurnClosing(TurnLease Lease, TimeSpan? Keep);
