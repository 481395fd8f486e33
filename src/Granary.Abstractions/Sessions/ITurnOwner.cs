namespace Granary.Sessions;

/// <summary>A grain that owns turns which outlive its activation: a conversation, a completion.</summary>
[Alias("granary.turn.owner")]
public interface ITurnOwner : IGrainWithStringKey
{
    /// <summary>Makes sure that a turn which the log has as unfinished goes on, or is closed there; called when the silo that ran it is gone.</summary>
    [Alias("Recover")]
    Task RecoverAsync(int turn);
}
