using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Granary.Identity;

/// <summary>
/// Ids of API keys: sixteen hexadecimal digits, whose first two say on which of 256 rings the key hangs. All keys of a tenant hang on one ring, and an id that somebody
/// invented wakes one of 256 grains at most.
/// </summary>
public static class KeyId
{
    /// <summary>Characters of an id.</summary>
    public const int Length = 16;

    /// <summary>Number of rings.</summary>
    public const int Rings = 256;

    private const int RingDigits = 2;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    /// <summary>A new id for a key of a tenant.</summary>
    public static string New(string tenant) => RingKey(RingOf(tenant)) + RandomNumberGenerator.GetHexString(Length - RingDigits, lowercase: true);

    /// <summary>Whether a text has the form of an id.</summary>
    public static bool IsValid(ReadOnlySpan<char> text) => text.Length == Length && !text.ContainsAnyExcept(Hex);

    /// <summary>The ring of a valid id.</summary>
    public static int RingOfId(string id) => int.Parse(id.AsSpan(0, RingDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>The ring of a tenant's keys.</summary>
    public static int RingOf(string tenant) => SHA256.HashData(Encoding.UTF8.GetBytes(tenant))[0];

    /// <summary>Key of a ring's <see cref="IKeyRingGrain"/>.</summary>
    public static string RingKey(int ring) => ring.ToString("x2", CultureInfo.InvariantCulture);
}
