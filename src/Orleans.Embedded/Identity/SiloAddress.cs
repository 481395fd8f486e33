using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Orleans.Runtime;

/// <summary>A silo: where it listens, and which of the processes that ever listened there it is.</summary>
public sealed class SiloAddress : IEquatable<SiloAddress>, IComparable<SiloAddress>, IParsable<SiloAddress>
{
    private static readonly long Epoch = new DateTime(2022, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    private readonly int _hash;

    private SiloAddress(IPEndPoint endpoint, int generation)
    {
        Endpoint = endpoint;
        Generation = generation;
        _hash = GetConsistentHashCode();
    }

    /// <summary>Where the silo listens.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Grows with every start; a client's is negative.</summary>
    public int Generation { get; }

    /// <summary>No silo.</summary>
    public static SiloAddress Zero { get; } = New(IPAddress.None, 0, 0);

    /// <summary>Whether this is a client rather than a silo.</summary>
    public bool IsClient => Generation < 0;

    /// <summary>Makes an address.</summary>
    public static SiloAddress New(IPEndPoint ep, int gen) => new(ep, gen);

    /// <inheritdoc cref="New(IPEndPoint, int)"/>
    public static SiloAddress New(IPAddress address, int port, int generation) => new(new IPEndPoint(address, port), generation);

    /// <summary>A generation for a silo that starts now: seconds since 2022.</summary>
    public static int AllocateNewGeneration() => (int)((TimeProvider.System.GetUtcNow().UtcTicks - Epoch) / TimeSpan.TicksPerSecond);

    /// <summary>Written <c>ip:port@generation</c>.</summary>
    public string ToParsableString() => string.Create(CultureInfo.InvariantCulture, $"{Endpoint}@{Generation}");

    /// <summary>Reads what <see cref="ToParsableString"/> wrote.</summary>
    /// <exception cref="FormatException">The text is something else.</exception>
    public static SiloAddress FromParsableString(string addr) => Parse(addr, null);

    /// <inheritdoc/>
    public static SiloAddress Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var result) ? result : throw new FormatException($"'{s}' is no silo address; it must read ip:port@generation.");

    /// <inheritdoc cref="FromParsableString"/>
    public static SiloAddress Parse(string value) => Parse(value, null);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out SiloAddress result)
    {
        result = null;
        var at = s?.LastIndexOf('@') ?? -1;
        if (at < 0
            || !IPEndPoint.TryParse(s.AsSpan(0, at), out var endpoint)
            || !int.TryParse(s.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var generation))
        {
            return false;
        }

        result = New(endpoint, generation);
        return true;
    }

    /// <summary>A hash that is the same in every process.</summary>
    public int GetConsistentHashCode() => (int)StableHash.Compute(ToParsableString());

    /// <summary>Whether this one started later at the same endpoint.</summary>
    public bool IsSuccessorOf(SiloAddress other) => Generation > 0 && Endpoint.Equals(other.Endpoint) && Generation > other.Generation;

    /// <summary>Whether this one started earlier at the same endpoint.</summary>
    public bool IsPredecessorOf(SiloAddress other) => Generation > 0 && Endpoint.Equals(other.Endpoint) && Generation < other.Generation;

    /// <inheritdoc/>
    public bool Equals(SiloAddress? other) =>
        ReferenceEquals(this, other)
        || (other is not null && _hash == other._hash && Generation == other.Generation && Endpoint.Equals(other.Endpoint));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SiloAddress);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <inheritdoc/>
    public int CompareTo(SiloAddress? other) => other is null ? 1 : string.CompareOrdinal(ToParsableString(), other.ToParsableString());

    /// <inheritdoc/>
    public override string ToString() => "S" + string.Create(CultureInfo.InvariantCulture, $"{Endpoint}:{Generation}");
}
