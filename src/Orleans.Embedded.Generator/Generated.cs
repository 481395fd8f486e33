using Microsoft.CodeAnalysis;

namespace Orleans.Embedded.Generator;

/// <summary>What one declaration of the user's led to. Texts only and compared by value, so that an edit elsewhere generates nothing anew.</summary>
internal sealed class Generated(string file, string source, string registration, IReadOnlyList<Problem> problems) : IEquatable<Generated>
{
    /// <summary>Name of the generated file; unique in the assembly.</summary>
    public string File { get; } = file;

    /// <summary>Its text; empty when there is only a registration.</summary>
    public string Source { get; } = source;

    /// <summary>Statements for the manifest.</summary>
    public string Registration { get; } = registration;

    /// <summary>What is wrong with the declaration.</summary>
    public IReadOnlyList<Problem> Problems { get; } = problems;

    public bool Equals(Generated? other) =>
        other is not null && File == other.File && Source == other.Source && Registration == other.Registration && Problems.SequenceEqual(other.Problems);

    public override bool Equals(object? obj) => Equals(obj as Generated);

    public override int GetHashCode() => Source.GetHashCode() ^ Registration.GetHashCode();
}

/// <summary>A diagnostic without references to the compilation.</summary>
internal sealed class Problem(DiagnosticDescriptor rule, ISymbol symbol, params object[] arguments) : IEquatable<Problem>
{
    private readonly FileLinePositionSpan _lines = symbol.Locations[0].GetLineSpan();
    private readonly Microsoft.CodeAnalysis.Text.TextSpan _span = symbol.Locations[0].SourceSpan;

    public Diagnostic ToDiagnostic() => Diagnostic.Create(rule, Location.Create(_lines.Path, _span, _lines.Span), arguments);

    public bool Equals(Problem? other) => other is not null && ToDiagnostic().ToString() == other.ToDiagnostic().ToString();

    public override bool Equals(object? obj) => Equals(obj as Problem);

    public override int GetHashCode() => _span.GetHashCode();
}
