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
    private readonly Option<HiddenFormat> _wire = new("--wire") { Description = "How hidden states travel between stages and to experts: fp16, int8 (half the bytes, with a loss) or fp32.", DefaultValueFactory = _ => HiddenFormat.Fp16 };

    private readonly Option<string> _experts = new Option<string>("--experts") { Description = "Where the experts of a mixture are: in each stage (here) or spread over all silos that may be used (spread).", DefaultValueFactory = _ => "here" }
        .AcceptOnlyFromAmong("here", "spread");

    private readonly Option<int> _expertReplicas = new("--expert-replicas") { Description = "Least silos that hold each spread expert.", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _redundantExperts = new("--redundant-experts") { Description = "Further copies of spread experts in each layer, for those that most tokens choose." };

    public Argument<string> Model { get; } = new("NAME") { Description = "Name of an imported model." };

    public void AddTo(Command command)
    {
        command.Options.Add(_replicas);
        command.Options.Add(_stages);
        command.Options.Add(_zones);
        command.Options.Add(_wire);
        command.Options.Add(_experts);
        command.Options.Add(_expertReplicas);
        command.Options.Add(_redundantExperts);
    }

    public (string Model, DeploymentWish Wish) Read(ParseResult parsed) => (parsed.GetValue(Model)!, new DeploymentWish
    {
        Replicas = parsed.GetValue(_replicas),
        Stages = parsed.GetValue(_stages),
        Zones = parsed.GetValue(_zones)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
        Wire = parsed.GetValue(_wire),
        SpreadExperts = parsed.GetValue(_experts) == "spread",
        ExpertReplicas = parsed.GetValue(_expertReplicas),
        RedundantExperts = parsed.GetValue(_redundantExperts),
    });
}
