namespace Granary.Engine.Grammar.Json;

/// <summary>One bound of numbers.</summary>
/// <param name="Value">The bound.</param>
/// <param name="IsExcluded">Whether it is itself out of bounds.</param>
internal readonly record struct Limit(decimal Value, bool IsExcluded)
{
    public Limit Negated => this with { Value = -Value };
}

/// <summary>From where to where numbers go; without an end where there is none.</summary>
internal readonly record struct NumberBounds(Limit? Least, Limit? Most)
{
    public bool IsEverything => Least is null && Most is null;

    /// <summary>The bounds of both.</summary>
    public NumberBounds And(NumberBounds other) => new(
        Tighter(Least, other.Least, (a, b) => a.Value > b.Value || (a.Value == b.Value && a.IsExcluded)),
        Tighter(Most, other.Most, (a, b) => a.Value < b.Value || (a.Value == b.Value && a.IsExcluded)));

    /// <summary>The same whole numbers, bounds included.</summary>
    public NumberBounds ToWhole() => new(
        Least is not { } least ? null : new Limit(least.IsExcluded ? decimal.Floor(least.Value) + 1 : decimal.Ceiling(least.Value), IsExcluded: false),
        Most is not { } most ? null : new Limit(most.IsExcluded ? decimal.Ceiling(most.Value) - 1 : decimal.Floor(most.Value), IsExcluded: false));

    private static Limit? Tighter(Limit? a, Limit? b, Func<Limit, Limit, bool> isTighter) =>
        a is null ? b : b is null || isTighter(a.Value, b.Value) ? a : b;
}
