namespace Granary.Deployments;

/// <summary>The models whose files this silo has.</summary>
internal interface IModelHoldings
{
    IReadOnlyList<HeldModel> List();
}
