namespace Granary.Serving;

/// <summary>Chooses a replica. Policies are named; <c>Granary:Routing:Policy</c> picks one, and an operator another while the cluster runs. Called from several threads.</summary>
public interface IRoutingPolicy
{
    /// <summary>The name in the configuration, one of <see cref="RoutingPolicyNames"/> or one's own.</summary>
    string Name { get; }

    /// <summary>One of <see cref="RoutingContext.Candidates"/>, of which there is at least one. The request is sent there.</summary>
    RoutingCandidate Choose(RoutingContext context);
}
