using System.Text;

namespace Orleans.Runtime;

/// <summary>An interned-by-value identifier text with a hash that is the same in every process.</summary>
public readonly struct IdSpan : IEquatable<IdSpan>, IComparable<IdSpan>
{
    private readonly string? _text;
    private readonly uint _hash;

    private IdSpan(string text)
    {
        _text = text;
        _hash = StableHash.Compute(text);
    }

    /// <summary>The identifier as UTF-8.</summary>
    public ReadOnlyMemory<byte> Value => Encoding.UTF8.GetBytes(_text ?? "");

    /// <summary>Whether nothing was assigned.</summary>
    public bool IsDefault => _text is null;

    /// <summary>Makes an identifier of the text.</summary>
    public static IdSpan Create(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return new(id);
    }

    /// <summary>The identifier as UTF-8.</summary>
    public ReadOnlySpan<byte> AsSpan() => Value.Span;

    /// <summary>A hash that is the same in every process and on every machine.</summary>
    public uint GetUniformHashCode() => _hash;

    /// <inheritdoc/>
    public bool Equals(IdSpan obj) => _hash == obj._hash && string.Equals(_text, obj._text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IdSpan other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)_hash;

    /// <inheritdoc/>
    public int CompareTo(IdSpan other) => string.CompareOrdinal(_text, other._text);

    /// <inheritdoc/>
    public override string ToString() => _text ?? "";

    public static bool operator ==(IdSpan left, IdSpan right) => left.Equals(right);

    public static bool operator !=(IdSpan left, IdSpan right) => !left.Equals(right);
}
