namespace Granary.Profiles;

/// <summary>How one silo reaches another one.</summary>
/// <param name="Silo">Name of the other one.</param>
/// <param name="Address">Its address and generation.</param>
/// <param name="RoundTripMilliseconds">An empty grain call and its answer, the best of a few.</param>
/// <param name="BytesPerSecond">What one grain call carries, serialisation included.</param>
/// <param name="At">When it was measured.</param>
[GenerateSerializer, Immutable, Alias("granary.profile.link")]
public sealed record SiloLink(
    [property: Id(0)] string Silo,
    [property: Id(1)] string Address,
    [property: Id(2)] double RoundTripMilliseconds,
    [property: Id(3)] double BytesPerSecond,
    [property: Id(4)] DateTimeOffset At);
