using Granary.Errors;
using Granary.Shards;
using ErrorCode = Granary.Errors.ErrorCode;

namespace Granary.Deployments;

/// <summary>How an operator wants a model to be served.</summary>
[GenerateSerializer, Immutable, Alias("granary.deployment.wish")]
public sealed record DeploymentWish
{
    /// <summary>Most replicas, stages of a replica, or copies of an expert.</summary>
    public const int Most = 256;

    /// <summary>Copies of the model, 1 to <see cref="Most"/>. Silos that serve it by their configuration count where replicas have one stage.</summary>
    [Id(0)] public int Replicas { get; init; } = 1;

    /// <summary>Parts of consecutive layers that each replica is cut into, 1 to the model's layers.</summary>
    [Id(1)] public int Stages { get; init; } = 1;

    /// <summary>Zones that may be used; empty for all.</summary>
    [Id(2)] public string[] Zones { get; init; } = [];

    /// <summary>How hidden states travel between stages.</summary>
    [Id(3)] public HiddenFormat Wire { get; init; }

    /// <summary>Whether the experts of its layers are spread over all silos that may be used, instead of being held by each stage.</summary>
    [Id(4)] public bool SpreadExperts { get; init; }

    /// <summary>Least silos that hold each expert, if experts are spread. Fewer where there are fewer silos.</summary>
    [Id(5)] public int ExpertReplicas { get; init; } = 1;

    /// <summary>Further copies of experts in each layer, for those that most tokens choose.</summary>
    [Id(6)] public int RedundantExperts { get; init; }

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="GranaryException"><c>invalid_request</c>.</exception>
    public void Check()
    {
        Require(Replicas, 1, "replicas");
        Require(Stages, 1, "stages");
        Require(ExpertReplicas, 1, "expertReplicas");
        Require(RedundantExperts, 0, "redundantExperts");
        if (!SpreadExperts && (ExpertReplicas > 1 || RedundantExperts > 0))
        {
            throw new GranaryException(ErrorCode.InvalidRequest, "Copies of experts are possible only where experts are spread: --experts spread.", "spreadExperts");
        }
    }

    private static void Require(int value, int least, string name)
    {
        if (value < least || value > Most)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"{name} must be {least} to {Most}; it is {value}.", name);
        }
    }
}
