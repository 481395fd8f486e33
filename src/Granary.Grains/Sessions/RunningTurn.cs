using Granary.Models;
using Granary.Tenants;

namespace Granary.Sessions;

/// <summary>A turn that has begun and not ended; its message is the last of the transcript.</summary>
[GenerateSerializer, Immutable, Alias("granary.session.running")]
public sealed record RunningTurn
{
    /// <summary>Its number, from 0.</summary>
    [Id(0)] public required int Number { get; init; }

    /// <summary>How tokens are chosen, the seed filled in.</summary>
    [Id(1)] public required SamplingParameters Sampling { get; init; }

    /// <summary>What it was admitted with.</summary>
    [Id(2)] public Reservation? Reservation { get; init; }

    /// <summary>The span that this is done for, as W3C's <c>traceparent</c>; <see langword="null"/> where nobody traces it.</summary>
    [Id(3)] public string? TraceParent { get; init; }

    /// <summary>As <see cref="Serving.GenerateRequest.Priority"/>: a turn that goes on elsewhere keeps it.</summary>
    [Id(4)] public int Priority { get; init; }
}
