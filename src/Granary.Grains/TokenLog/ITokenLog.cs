using Granary.Serving;

namespace Granary.TokenLog;

/// <summary>
/// Every token of every turn, written before it is shown. Appends of all of a silo's turns share one commit every few milliseconds. Append-only, idempotent by
/// record number, fenced by epoch.
/// </summary>
internal interface ITokenLog
{
    /// <summary>Takes a turn over: from here on earlier leases append nothing any more. Creates it if it is not there.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="request">Kept with the turn by the call that creates it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Errors.GranaryException"><c>store_unavailable</c>.</exception>
    Task<LoggedTurn> OpenAsync(TurnKey turn, byte[]? request, CancellationToken cancellationToken);

    /// <summary>
    /// Appends a frame. Ends when it is as safe as <see cref="TokenLogOptions.Mode"/> says; while the store is away it waits and tries again, in mode
    /// <c>async</c> it returns at once.
    /// </summary>
    /// <param name="lease">From <see cref="OpenAsync"/>.</param>
    /// <param name="record">The frame's number: one more than the last one's. A number that is there already changes nothing.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="cancellationToken">Stops waiting; the frame may be written all the same.</param>
    /// <exception cref="FencedException">The turn was opened by somebody else.</exception>
    ValueTask AppendAsync(TurnLease lease, int record, TokenFrame frame, CancellationToken cancellationToken);

    /// <summary>The turn has failed: no frame follows, whoever opens it. It is open until it is closed. Ends when the store has it, whatever <see cref="TokenLogOptions.Mode"/> says.</summary>
    /// <param name="lease">From <see cref="OpenAsync"/>.</param>
    /// <param name="record">One more than the last frame's.</param>
    /// <param name="cancellationToken">Gives up; it may be written all the same.</param>
    /// <exception cref="FencedException">The turn was opened by somebody else.</exception>
    /// <exception cref="Errors.GranaryException"><c>store_unavailable</c>; doing it again later is right.</exception>
    Task FailAsync(TurnLease lease, int record, CancellationToken cancellationToken);

    /// <summary>The turn has ended and its last frame, or its failure, is appended: its records become one, and it is open no more.</summary>
    /// <param name="lease">From <see cref="OpenAsync"/>.</param>
    /// <param name="keep">How long it is kept from now on; <see langword="null"/>: until <see cref="DeleteAsync"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FencedException">The turn was opened by somebody else.</exception>
    /// <exception cref="Errors.GranaryException"><c>store_unavailable</c>; closing again later is right.</exception>
    Task CloseAsync(TurnLease lease, TimeSpan? keep, CancellationToken cancellationToken);

    /// <summary>The same of many turns at once.</summary>
    /// <returns>Of each whether it is closed; <see langword="false"/> where it was opened by somebody else.</returns>
    /// <exception cref="Errors.GranaryException"><c>store_unavailable</c>; closing all of them again later is right.</exception>
    Task<bool[]> CloseAsync(IReadOnlyList<TurnClosing> turns, CancellationToken cancellationToken);

    /// <summary>What the log has of a turn; <see langword="null"/> if nothing.</summary>
    /// <exception cref="Errors.GranaryException"><c>store_unavailable</c>.</exception>
    Task<LoggedTurn?> ReadAsync(TurnKey turn, CancellationToken cancellationToken);

    /// <summary>Forgets all turns of an owner.</summary>
    /// <exception cref="Errors.GranaryException"><c>store_unavailable</c>.</exception>
    Task DeleteAsync(string owner, CancellationToken cancellationToken);

    /// <summary>The turns that have not ended, of all silos.</summary>
    /// <exception cref="Errors.GranaryException"><c>store_unavailable</c>.</exception>
    Task<IReadOnlyList<OpenTurn>> ListOpenAsync(CancellationToken cancellationToken);
}
