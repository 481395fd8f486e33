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

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="GranaryException"><c>invalid_request</c>.</exception>
    public void Check()
    {
        Require(Replicas, "replicas");
        Require(Stages, "stages");
    }

    private static void Require(int value, string name)
    {
        if (value is < 1 or > Most)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"{name} must be 1 to {Most}; it is {value}.", name);
        }
    }
}
