namespace Granary.TokenLog.Stores;

/// <summary>A turn as a store has it.</summary>
/// <param name="Epoch">The epoch given last.</param>
/// <param name="Request">What its creator left there.</param>
/// <param name="Records">All records, one after another.</param>
/// <param name="IsClosed">Whether it was closed.</param>
internal sealed record StoredTurn(long Epoch, byte[]? Request, byte[] Records, bool IsClosed);
