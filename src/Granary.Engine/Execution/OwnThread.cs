using System.Diagnostics.CodeAnalysis;

namespace Granary.Engine.Execution;

/// <summary>Waiting on the engine's own threads, which compute and have nothing to do meanwhile.</summary>
internal static class OwnThread
{
    /// <summary>Blocks the calling thread, which is no pool's and has no context to come back to, until a task has ended.</summary>
    [SuppressMessage("Usage", "VSTHRD002:Avoid problematic synchronous waits", Justification = "The thread belongs to the engine: nobody else needs it for the task to end.")]
    public static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
