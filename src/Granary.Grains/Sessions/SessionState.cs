using Granary.Models;
using Granary.Turns;

namespace Granary.Sessions;

/// <summary>What a session grain stores.</summary>
[GenerateSerializer, Alias("granary.session.state")]
public sealed class SessionState
{
    /// <summary>The conversation; <see langword="null"/> until it is created.</summary>
    [Id(0)] public SessionInfo? Info { get; set; }

    /// <summary>All messages, oldest first. A user's message without a reply after it is a turn that gave no output.</summary>
    [Id(1)] public List<ChatMessage> Messages { get; set; } = [];

    /// <summary>The turn that runs, wherever; the log has its tokens.</summary>
    [Id(2)] public RunningTurn? Running { get; set; }

    /// <summary>Number of the next turn. Numbers are never used twice; those of turns that were taken back are missing.</summary>
    [Id(3)] public int NextTurn { get; set; }

    /// <summary>What the sender called the last turn's message.</summary>
    [Id(4)] public string? LastMessageId { get; set; }

    /// <summary>Key of the shard that ran the last turn; <see langword="null"/> where that is not known.</summary>
    [Id(5)] public string? LastReplica { get; set; }

    /// <summary>A copy that later changes do not reach; the messages themselves never change.</summary>
    internal SessionState Copy() => new() { Info = Info, Messages = [.. Messages], Running = Running, NextTurn = NextTurn, LastMessageId = LastMessageId, LastReplica = LastReplica };

    /// <summary>A message was sent.</summary>
    internal void Begin(RunningTurn turn, SendMessage message, DateTimeOffset now)
    {
        var info = Info!;
        Messages.Add(new ChatMessage(ChatRole.User, message.Text));
        Running = turn;
        NextTurn = turn.Number + 1;
        LastMessageId = message.MessageId;
        Info = info with
        {
            Turns = info.Turns + 1,
            Title = info.Turns == 0 && info.Title == SessionTitle.Empty ? SessionTitle.From(message.Text) : info.Title,
            UpdatedAt = now,
        };
    }

    /// <summary>The reply has ended. One that failed without output is taken back with its message.</summary>
    internal void End(TurnOutcome outcome, DateTimeOffset now)
    {
        Running = null;
        LastReplica = outcome.Replica ?? LastReplica;
        if (outcome.Text.Length > 0)
        {
            Messages.Add(new ChatMessage(ChatRole.Assistant, outcome.Text));
            Info = Info! with { UpdatedAt = now };
        }
        else if (outcome.Failure is not null)
        {
            Messages.RemoveAt(Messages.Count - 1);
            Info = Info! with { Turns = Info.Turns - 1 };
            LastMessageId = null;
        }
    }
}
