using System.Collections.Concurrent;

namespace Granary.Grains.Tests.Fixtures;

/// <summary>What the scripted engines of all silos of a cluster do, by request.</summary>
internal sealed class Script
{
    private readonly ConcurrentDictionary<string, ScriptedGeneration> _generations = new();

    /// <summary>Silos whose engines refuse with this before their first token.</summary>
    public ConcurrentDictionary<string, Exception> Refusing { get; } = new();

    /// <summary>How long they take to refuse.</summary>
    public TimeSpan RefusesAfter { get; set; }

    /// <summary>Whether the engines seem to be stuck.</summary>
    public bool IsLate { get; set; }

    /// <summary>The first turn of a session is <c>session/0</c>.</summary>
    public ScriptedGeneration For(string requestId) => _generations.GetOrAdd(requestId, _ => new ScriptedGeneration());
}
