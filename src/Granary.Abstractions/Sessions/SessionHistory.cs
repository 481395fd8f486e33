using Granary.Models;

namespace Granary.Sessions;

/// <summary>A conversation with its messages.</summary>
[GenerateSerializer, Immutable, Alias("granary.session.history")]
public sealed record SessionHistory
{
    /// <summary>The conversation.</summary>
    [Id(0)] public required SessionInfo Session { get; init; }

    /// <summary>All messages, oldest first, the system's instructions included.</summary>
    [Id(1)] public required ChatMessage[] Messages { get; init; }

    /// <summary>Whether a reply is being generated.</summary>
    [Id(2)] public required bool IsAnswering { get; init; }

    /// <summary>The turn whose reply is being generated, which <see cref="ISessionGrain.ReadAsync"/> follows; <see langword="null"/> where none is. Its message is the last of <see cref="Messages"/>.</summary>
    [Id(3)] public int? RunningTurn { get; init; }
}
