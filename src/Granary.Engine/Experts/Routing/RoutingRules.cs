namespace Granary.Engine.Experts.Routing;

/// <summary>The rules that are known.</summary>
internal static class RoutingRules
{
    private static readonly IRoutingRule[] All = [new SoftmaxTopK(normalize: true), new SoftmaxTopK(normalize: false)];

    /// <summary>The rule of a name.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static IRoutingRule Find(string name) =>
        Array.Find(All, rule => rule.Name == name)
        ?? throw new InvalidDataException($"Experts that are chosen by '{name}' cannot be distributed; known are {string.Join(", ", All.Select(rule => rule.Name))}. Deploy the model with its experts in place.");
}
