namespace Granary.Clustering;

/// <summary>What this silo does for callers at the moment; a silo that leaves waits for it until its deadline.</summary>
public interface IRunningWork
{
    /// <summary>How many pieces of it there are.</summary>
    int Count { get; }
}
