using Granary.Models;
using Granary.Sessions;

namespace Granary.Gateway.Tests.Scripted;

/// <summary>What a conversation's grain does, as far as the gateway sees it.</summary>
internal sealed class ScriptedSession(string id, ScriptedTurn turn)
{
    public List<SendMessage> Sent { get; } = [];

    public TaskCompletionSource Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Sends that are stored, and whose answer is lost.</summary>
    public int LostAnswers { get; set; }

    /// <summary>Whether sends are answered; those that are not are stored all the same.</summary>
    public bool Answers { get; set; } = true;

    public Task<StartedTurn> SendAsync(SendMessage message)
    {
        Sent.Add(message);
        return !Answers ? new TaskCompletionSource<StartedTurn>().Task : LostAnswers-- > 0 ? throw new TimeoutException() : Task.FromResult(new StartedTurn(id, 0));
    }

    public Task<SessionHistory> GetHistoryAsync() => Task.FromResult(new SessionHistory
    {
        Session = new SessionInfo { Id = id, Owner = "local", Model = "m", Title = "Hello", CreatedAt = default, UpdatedAt = default, Turns = 1 },
        Messages = [new ChatMessage(ChatRole.User, "Hello")],
        IsAnswering = !turn.IsComplete,
        RunningTurn = turn.IsComplete ? null : 0,
    });

    public IAsyncEnumerable<TurnEvent> ReadAsync(int number, int nextIndex, CancellationToken cancellationToken) =>
        turn.ReadAsync(id, number, turn.Frames.TakeWhile(frame => frame.FirstIndex < nextIndex).Count(), nextIndex, cancellationToken);

    public Task StopAsync()
    {
        turn.Release();
        Stopped.TrySetResult();
        return Task.CompletedTask;
    }
}
