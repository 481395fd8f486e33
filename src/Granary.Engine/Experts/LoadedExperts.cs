using Granary.Engine.Execution;
using Granary.Models;
using Microsoft.ML.OnnxRuntime;

namespace Granary.Engine.Experts;

/// <summary>Experts of one layer that are loaded. Disposed when it was given up and nobody computes with it any more.</summary>
internal sealed class LoadedExperts
{
    private readonly Dictionary<int, int> _places = [];
    private int _users = 1; // the set itself

    private LoadedExperts(InferenceSession session, IReadOnlyList<int> experts)
    {
        Session = session;
        Experts = experts;
        for (int place = 0; place < experts.Count; place++)
        {
            _places[experts[place]] = place;
        }
    }

    public InferenceSession Session { get; }

    /// <summary>Their numbers in the layer, rising.</summary>
    public IReadOnlyList<int> Experts { get; }

    /// <exception cref="InvalidDataException">The graph cannot be loaded.</exception>
    public static LoadedExperts Load(ISegmentGraphs graphs, int layer, IReadOnlyList<int> experts, EngineOptions options) =>
        new(GraphSessions.Open(graphs.Experts(layer, experts), graphs.Folder, graphs.Manifest.Name, options), experts);

    /// <summary>Where an expert is among these; <see langword="null"/> where it is not.</summary>
    public int? PlaceOf(int expert) => _places.TryGetValue(expert, out int place) ? place : null;

    /// <summary>Keeps it from being disposed.</summary>
    /// <returns>Whether it still is there.</returns>
    public bool TryEnter()
    {
        int users = Volatile.Read(ref _users);
        while (users > 0)
        {
            int seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }

            users = seen;
        }

        return false;
    }

    /// <summary>Ends a use; the last one disposes it.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            Session.Dispose();
        }
    }
}
