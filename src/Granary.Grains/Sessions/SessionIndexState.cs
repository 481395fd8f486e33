
namespace Granary.Sessions;

/// <summary>What a session index stores.</summary>
[GenerateSerializer, Alias("granary.sessions.state")]
public sealed class SessionIndexState
{
    /// <summary>The owner's conversations, in no order.</summary>
    [Id(0)] public List<SessionInfo> Sessions { get; set; } = [];
}
