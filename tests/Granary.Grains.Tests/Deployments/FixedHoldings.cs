using Granary.Deployments;
using Granary.Grains.Tests.Deployments.Planning;

namespace Granary.Grains.Tests.Deployments;

/// <summary>A silo that has the files of one model.</summary>
internal sealed class FixedHoldings(string model) : IModelHoldings
{
    public IReadOnlyList<HeldModel> List() => [new HeldModel(model, "fingerprint", Plans.Model(4))];
}
