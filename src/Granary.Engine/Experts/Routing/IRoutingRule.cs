namespace Granary.Engine.Experts.Routing;

/// <summary>How a model's routers choose experts. A new rule is one class, and a line in <see cref="RoutingRules"/>.</summary>
internal interface IRoutingRule
{
    /// <summary>The name that <see cref="Models.ISegmentGraphs.RoutingRule"/> has for it.</summary>
    string Name { get; }

    /// <summary>Chooses the experts of one token.</summary>
    /// <param name="logits">[E], the router's.</param>
    /// <param name="experts">[k], gets the chosen ones, best first; of equals the lower number.</param>
    /// <param name="weights">[k], gets their weights.</param>
    void Choose(ReadOnlySpan<float> logits, Span<int> experts, Span<float> weights);
}
