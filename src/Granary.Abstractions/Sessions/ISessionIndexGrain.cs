namespace Granary.Sessions;

/// <summary>The conversations of one owner (key: the owner's id), newest first; below <see cref="Identity.OwnedKey.UsersOf"/> those of all of a tenant's users.</summary>
[Alias("granary.sessions")]
public interface ISessionIndexGrain : IGrainWithStringKey
{
    /// <summary>Adds or refreshes an entry.</summary>
    [Alias("Put")]
    Task PutAsync(SessionInfo session);

    /// <summary>Removes an entry.</summary>
    [Alias("Remove")]
    Task RemoveAsync(string sessionId);

    /// <summary>How many there are.</summary>
    [Alias("Count")]
    Task<int> CountAsync();

    /// <summary>A page of the list.</summary>
    /// <param name="skip">Entries to pass over.</param>
    /// <param name="take">Most entries to return, 1–500.</param>
    [Alias("List")]
    Task<SessionInfo[]> ListAsync(int skip = 0, int take = 100);

    /// <summary>The list from a place on.</summary>
    /// <param name="place">Where; <see langword="null"/>: from the beginning.</param>
    /// <param name="take">Most entries to return, 1–500.</param>
    [Alias("ListFrom")]
    Task<SessionInfo[]> ListFromAsync(SessionPlace? place, int take);
}
