namespace Granary.TokenLog.Stores;

/// <summary>Where the token log keeps turns. Every method is safe to repeat after a failure whose outcome is unknown.</summary>
internal interface ITokenLogStore : IAsyncDisposable
{
    /// <summary>Raises the turn's epoch, creating the turn if it is not there; no append of a lower epoch succeeds from then on.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="silo">Who opens it.</param>
    /// <param name="request">Kept by the call that creates the turn.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StoredTurn> OpenAsync(TurnKey turn, string silo, byte[]? request, CancellationToken cancellationToken);

    /// <summary>
    /// Writes all of it in one commit, as safe as <see cref="TokenLogOptions.Mode"/> says, and sets <see cref="TurnAppend.Outcome"/> of each. A turn whose
    /// epoch has been raised writes nothing; the others are unaffected. Called by one caller at a time.
    /// </summary>
    Task CommitAsync(IReadOnlyList<TurnAppend> appends, CancellationToken cancellationToken);

    /// <summary>Makes one value of each turn's records and takes the turns off the list of open ones.</summary>
    /// <returns>Of each <see langword="false"/> if its epoch has been raised, or the turn is gone.</returns>
    Task<bool[]> CloseAsync(IReadOnlyList<TurnClosing> turns, CancellationToken cancellationToken);

    /// <summary>The turn, or <see langword="null"/>.</summary>
    Task<StoredTurn?> ReadAsync(TurnKey turn, CancellationToken cancellationToken);

    /// <summary>Forgets all turns of an owner.</summary>
    Task DeleteAsync(string owner, CancellationToken cancellationToken);

    /// <summary>The turns that were opened and not closed.</summary>
    Task<IReadOnlyList<OpenTurn>> ListOpenAsync(CancellationToken cancellationToken);

    /// <summary>Removes turns whose time is over, where the store does not do it by itself. Called now and then.</summary>
    Task ExpireAsync(CancellationToken cancellationToken);
}
