using Granary.Errors;
using Granary.Sessions;

namespace Granary.Gateway.Following;

/// <summary>Where a reader of a turn is.</summary>
internal interface ITurnCursor
{
    /// <summary>Whether all outputs have ended, so that nothing is left to read.</summary>
    bool HasEnded { get; }

    /// <summary>Whether the reader is to have the event; one that it has had already is not for it.</summary>
    /// <exception cref="GranaryException">Something is missing before it.</exception>
    bool Takes(TurnEvent item);
}
