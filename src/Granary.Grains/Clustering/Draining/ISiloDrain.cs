namespace Granary.Clustering;

/// <summary>The way out of the cluster: what this silo runs goes elsewhere, then the process ends.</summary>
public interface ISiloDrain
{
    /// <summary>Whether this silo is on its way out.</summary>
    bool IsLeaving { get; }

    /// <summary>Whether this silo takes nothing new: it is on its way out, or its zone is evacuated.</summary>
    bool IsDraining { get; }

    /// <summary>Whether it takes nothing new, and callers that come all the same are better off at another silo's gateway.</summary>
    bool SendsAway { get; }

    /// <summary>Begins to leave; the application is stopped when nothing is left, or at the deadline. Twice is no error.</summary>
    void Begin();
}
