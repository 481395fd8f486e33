[assembly: AssemblyFixture(typeof(Granary.Conformance.Support.SharedCluster))]

namespace Granary.Conformance.Support;

/// <summary>Three silos that live as long as the test run. Tests share them: each has ids of its own, kills nothing and collects nothing.</summary>
public sealed class SharedCluster() : ClusterFixture(SiloCount)
{
    public const int SiloCount = 3;

    /// <summary>An id that no other test uses.</summary>
    public static string NewKey() => Guid.NewGuid().ToString("N");
}
