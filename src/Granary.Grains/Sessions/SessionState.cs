using Granary.Models;

namespace Granary.Sessions;

/// <summary>What a session grain stores.</summary>
[GenerateSerializer, Alias("granary.session.state")]
public sealed class SessionState
{
    /// <summary>The conversation; <see langword="null"/> until it is created.</summary>
    [Id(0)] public SessionInfo? Info { get; set; }

    /// <summary>All messages, oldest first. A user's message without a reply after it is a turn that gave no output.</summary>
    [Id(1)] public List<ChatMessage> Messages { get; set; } = [];

    /// <summary>A copy that later changes do not reach; the messages themselves never change.</summary>
    public SessionState Copy() => new() { Info = Info, Messages = [.. Messages] };
}
