using Granary.Deployments;
using Granary.Grains.Tests.Deployments.Planning;

namespace Granary.Grains.Tests.Deployments;

/// <summary>A silo that has the files of one model, and of one that cannot be cut.</summary>
internal sealed class FixedHoldings(string model) : IModelHoldings
{
    public const string Uncut = "for-a-gpu";

    public IReadOnlyList<HeldModel> List() =>
        [new HeldModel(model, "fingerprint", Plans.Model(4)), new HeldModel(Uncut, "another", Plans.Model(4) with { CanBeCut = false })];
}
