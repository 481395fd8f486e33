namespace Granary.TokenLog;

/// <summary>A turn that has not ended.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Silo">The silo that opened it last, as <see cref="SiloAddress.ToParsableString"/> writes it.</param>
internal readonly record struct OpenTurn(TurnKey Turn, string Silo);
