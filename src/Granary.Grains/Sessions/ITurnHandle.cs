namespace Granary.Sessions;

/// <summary>A running turn, as the silo that runs it sees it.</summary>
internal interface ITurnHandle
{
    /// <summary>The grain that owns it, an <see cref="ITurnOwner"/>.</summary>
    GrainId Owner { get; }

    /// <summary>Its number there, from 0.</summary>
    int Number { get; }

    /// <summary>
    /// Stops generating here without ending the turn, and gives the owner's activation up: the next call to the owner goes on elsewhere, from the log. From
    /// any thread; twice, or after the end, is no error. Ends when nothing of the turn is appended from here any more.
    /// </summary>
    Task DetachAsync();
}
