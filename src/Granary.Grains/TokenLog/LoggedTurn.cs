using Granary.Serving;

namespace Granary.TokenLog;

/// <summary>What the log has of a turn.</summary>
/// <param name="Lease">The lease, where the turn was opened; else the last one given.</param>
/// <param name="Request">What the first opener left there.</param>
/// <param name="Frames">All records in order; record i is number i.</param>
/// <param name="IsClosed">Whether the turn has ended, and nothing is left to do for it.</param>
/// <param name="HasFailed">Whether it failed: no frame follows.</param>
internal sealed record LoggedTurn(TurnLease Lease, byte[]? Request, IReadOnlyList<TokenFrame> Frames, bool IsClosed, bool HasFailed = false);
