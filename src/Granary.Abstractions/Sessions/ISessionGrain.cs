namespace Granary.Sessions;

/// <summary>A conversation: its transcript and its running turn (key: the session's id).</summary>
[Alias("granary.session")]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>Creates the conversation; creating it again returns what is there.</summary>
    [Alias("Create")]
    Task<SessionInfo> CreateAsync(CreateSession request);

    /// <summary>
    /// Appends the message and streams the reply. The user's message is stored before the first token; the reply is stored when it ends, however it ends.
    /// Cancelling the enumeration stops the engine within one step and keeps what was generated.
    /// </summary>
    /// <exception cref="Errors.GranaryException">No such session, another turn is running, the prompt does not fit, the model is not served.</exception>
    [Alias("Send")]
    IAsyncEnumerable<TurnEvent> SendAsync(SendMessage message, CancellationToken cancellationToken = default);

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
