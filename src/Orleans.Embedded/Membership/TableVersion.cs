using System.Globalization;

namespace Orleans;

/// <summary>The version of the whole membership table; every change of a row but a heartbeat moves it by one.</summary>
/// <param name="version">Counts changes.</param>
/// <param name="eTag">What the store compares.</param>
public sealed class TableVersion(int version, string eTag) : IEquatable<TableVersion>
{
    /// <summary>Counts changes.</summary>
    public int Version { get; } = version;

    /// <summary>What the store compares.</summary>
    public string VersionEtag { get; } = eTag;

    /// <summary>The version after the next change, to be written over this one's tag.</summary>
    public TableVersion Next() => new(Version + 1, VersionEtag);

    /// <inheritdoc/>
    public bool Equals(TableVersion? other) => other is not null && Version == other.Version && VersionEtag == other.VersionEtag;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TableVersion);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Version, VersionEtag);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"<{Version}, {VersionEtag}>");

    public static bool operator ==(TableVersion? left, TableVersion? right) => left?.Equals(right) ?? right is null;

    public static bool operator !=(TableVersion? left, TableVersion? right) => !(left == right);
}
