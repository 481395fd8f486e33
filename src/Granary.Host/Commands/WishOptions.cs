using System.CommandLine;
using Granary.Deployments;
using Granary.Shards;

namespace Granary.Host.Commands;

/// <summary>How a model is to be served, on the command line.</summary>
internal sealed class WishOptions
{
    private readonly Option<int> _replicas = new("--replicas") { Description = "Copies of the model. Silos that serve it by their configuration count.", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _stages = new("--stages") { Description = "Parts of consecutive layers, each on a silo, that a replica is cut into.", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> _zones = new("--zones") { Description = "Zones that may be used, such as az-a,az-b. Default: all." };
    private readonly Option<HiddenFormat> _wire = new("--wire") { Description = "How hidden states travel between stages: fp16, int8 (half the bytes, with a loss) or fp32.", DefaultValueFactory = _ => HiddenFormat.Fp16 };

    public Argument<string> Model { get; } = new("NAME") { Description = "Name of an imported model." };

    public void AddTo(Command command)
    {
        command.Options.Add(_replicas);
        command.Options.Add(_stages);
        command.Options.Add(_zones);
        command.Options.Add(_wire);
    }

    public (string Model, DeploymentWish Wish) Read(ParseResult parsed) => (parsed.GetValue(Model)!, new DeploymentWish
    {
        Replicas = parsed.GetValue(_replicas),
        Stages = parsed.GetValue(_stages),
        Zones = parsed.GetValue(_zones)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
        Wire = parsed.GetValue(_wire),
    });
}
