namespace Granary.Sessions;

/// <summary>A conversation: its transcript and its running turn (key: the session's id below its owner, by <see cref="Identity.OwnedKey"/>).</summary>
[Alias("granary.session")]
public interface ISessionGrain : ITurnOwner
{
    /// <summary>Creates the conversation; creating it again returns what is there.</summary>
    [Alias("Create")]
    Task<SessionInfo> CreateAsync(CreateSession request);

    /// <summary>
    /// Appends the message and begins the reply. On return the message is stored and the reply goes on by itself, whoever reads it and whatever silo dies.
    /// A <see cref="SendMessage.MessageId"/> that was sent before returns the turn that it began.
    /// </summary>
    /// <exception cref="Errors.GranaryException">No such session, another turn is running, the model is not served, the store is away.</exception>
    [Alias("Send")]
    Task<StartedTurn> SendAsync(SendMessage message);

    /// <summary>
    /// The turn's events: those that are there and those to come, until it ends. Any number may read; ending the enumeration leaves the turn alone.
    /// Every token is in the log before it is here.
    /// </summary>
    /// <param name="turn">The turn, from 0; of old ones too.</param>
    /// <param name="nextIndex">Index of the first token that the reader lacks: 0 at first, then the end of the last frame it had.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="Errors.GranaryException">No such session or turn; the turn failed (thrown after its last event).</exception>
    /// <exception cref="TurnMovedException">The conversation moves to another silo; read on from where you were.</exception>
    [Alias("Read")]
    IAsyncEnumerable<TurnEvent> ReadAsync(int turn, int nextIndex, CancellationToken cancellationToken = default);

    /// <summary>Stops the running turn, if there is one, keeping what was generated; its stream ends with <see cref="Models.FinishReason.Cancelled"/>.</summary>
    [Alias("Stop")]
    Task StopAsync();

    /// <summary>The conversation with all its messages.</summary>
    [Alias("GetHistory")]
    Task<SessionHistory> GetHistoryAsync();

    /// <summary>Stops the running turn and forgets the conversation. Deleting twice is no error.</summary>
    [Alias("Delete")]
    Task DeleteAsync();
}
