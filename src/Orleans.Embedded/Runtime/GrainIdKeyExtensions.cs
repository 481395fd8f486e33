using System.Globalization;

namespace Orleans.Runtime;

/// <summary>How integer, GUID and compound keys are written in a grain's id.</summary>
public static class GrainIdKeyExtensions
{
    /// <summary>An integer key: hexadecimal.</summary>
    public static IdSpan CreateIntegerKey(long key) => IdSpan.Create(key.ToString("X", CultureInfo.InvariantCulture));

    /// <summary>An integer key with an extension behind a plus sign.</summary>
    public static IdSpan CreateIntegerKey(long key, string? keyExtension) =>
        string.IsNullOrEmpty(keyExtension) ? CreateIntegerKey(key) : IdSpan.Create(string.Create(CultureInfo.InvariantCulture, $"{key:X}+{keyExtension}"));

    /// <summary>A GUID key: 32 hexadecimal digits.</summary>
    public static IdSpan CreateGuidKey(Guid key) => IdSpan.Create(key.ToString("N"));

    /// <summary>A GUID key with an extension behind a plus sign.</summary>
    public static IdSpan CreateGuidKey(Guid key, string? keyExtension) =>
        string.IsNullOrEmpty(keyExtension) ? CreateGuidKey(key) : IdSpan.Create($"{key:N}+{keyExtension}");

    /// <summary>Reads an integer key.</summary>
    public static bool TryGetIntegerKey(this GrainId grainId, out long key, out string? keyExt)
    {
        var text = Split(grainId, out keyExt);
        return long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out key);
    }

    /// <summary>The integer key.</summary>
    /// <exception cref="ArgumentException">The key is something else.</exception>
    public static long GetIntegerKey(this GrainId grainId, out string? keyExt) => TryGetIntegerKey(grainId, out var key, out keyExt) ? key : throw Mismatch(grainId, "integer");

    /// <inheritdoc cref="GetIntegerKey(GrainId, out string?)"/>
    public static long GetIntegerKey(this GrainId grainId) => GetIntegerKey(grainId, out _);

    /// <summary>Reads a GUID key.</summary>
    public static bool TryGetGuidKey(this GrainId grainId, out Guid key, out string? keyExt)
    {
        var text = Split(grainId, out keyExt);
        return Guid.TryParseExact(text, "N", out key);
    }

    /// <summary>The GUID key.</summary>
    /// <exception cref="ArgumentException">The key is something else.</exception>
    public static Guid GetGuidKey(this GrainId grainId, out string? keyExt) => TryGetGuidKey(grainId, out var key, out keyExt) ? key : throw Mismatch(grainId, "GUID");

    /// <inheritdoc cref="GetGuidKey(GrainId, out string?)"/>
    public static Guid GetGuidKey(this GrainId grainId) => GetGuidKey(grainId, out _);

    private static ReadOnlySpan<char> Split(GrainId grainId, out string? extension)
    {
        var text = grainId.Key.ToString();
        var plus = text.IndexOf('+', StringComparison.Ordinal);
        extension = plus < 0 ? null : text[(plus + 1)..];
        return plus < 0 ? text : text.AsSpan(0, plus);
    }

    private static ArgumentException Mismatch(GrainId grainId, string kind) => new($"The key of {grainId} is no {kind} key.", nameof(grainId));
}
