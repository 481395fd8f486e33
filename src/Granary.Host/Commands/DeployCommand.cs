using System.CommandLine;
using System.Text.Json;
using Granary.Deployments;

namespace Granary.Host.Commands;

/// <summary><c>granary model deploy|undeploy|plan|deployments|experts</c>: where the cluster serves models, beyond what silos' configurations name.</summary>
internal static class DeployCommand
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    public static IEnumerable<Command> Create() => [Deploy(), Undeploy(), Plan(), List(), Experts()];

    private static Command Deploy()
    {
        var wishes = new WishOptions();
        var wait = new Option<bool>("--wait") { Description = "Return when everything that is wanted works." };
        var json = Json();
        var url = GatewayUrl.Option();
        var command = new Command("deploy", "Serve an imported model on silos that the cluster chooses, whatever their configuration; also changes what was deployed before.") { wishes.Model, wait, json, url };
        wishes.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = new ClusterClient(GatewayUrl.Resolve(parsed.GetValue(url)));
            var (model, wish) = wishes.Read(parsed);
            var answer = await cluster.AskAsync(HttpMethod.Put, Path(model), JsonSerializer.SerializeToElement(wish, IndentedJson.Options), cancellationToken);
            if (parsed.GetValue(wait))
            {
                answer = await WaitAsync(cluster, model, cancellationToken);
            }

            return Print(answer, parsed.GetValue(json), PlanTable.Print, Read<DeploymentStatus>);
        });
        return command;
    }

    private static Command Undeploy()
    {
        var model = new Argument<string>("NAME");
        var url = GatewayUrl.Option();
        var command = new Command("undeploy", "Serve a model no longer, but where a silo's configuration names it.") { model, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = new ClusterClient(GatewayUrl.Resolve(parsed.GetValue(url)));
            await cluster.AskTextAsync(HttpMethod.Delete, Path(parsed.GetValue(model)!), null, cancellationToken);
            System.Console.WriteLine($"{parsed.GetValue(model)} is deployed no longer; what runs is finished");
            return 0;
        });
        return command;
    }

    private static Command Plan()
    {
        var wishes = new WishOptions();
        var json = Json();
        var url = GatewayUrl.Option();
        var command = new Command("plan", "Print what deploy would do: which part goes where and why, what does not fit and what would make it fit.") { wishes.Model, json, url };
        wishes.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = new ClusterClient(GatewayUrl.Resolve(parsed.GetValue(url)));
            var (model, wish) = wishes.Read(parsed);
            var answer = await cluster.AskAsync(HttpMethod.Post, Path(model) + "/plan", JsonSerializer.SerializeToElement(wish, IndentedJson.Options), cancellationToken);
            return Print(answer, parsed.GetValue(json), PlanTable.Print, plan => new DeploymentStatus { Plan = Read<DeploymentPlan>(plan) });
        });
        return command;
    }

    private static Command List()
    {
        var json = Json();
        var url = GatewayUrl.Option();
        var command = new Command("deployments", "What is deployed, where, and how far it is.") { json, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = new ClusterClient(GatewayUrl.Resolve(parsed.GetValue(url)));
            var answer = await cluster.AskAsync(HttpMethod.Get, "admin/deployments", null, cancellationToken);
            return Print(answer, parsed.GetValue(json), all => Array.ForEach(all, PlanTable.Print), Read<DeploymentStatus[]>);
        });
        return command;
    }

    private static Command Experts()
    {
        var model = new Argument<string>("NAME") { Description = "Name of a model that is deployed with --experts spread." };
        var json = Json();
        var url = GatewayUrl.Option();
        var command = new Command("experts", "How often the experts of a model are chosen, where they are, and how even that is.") { model, json, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = new ClusterClient(GatewayUrl.Resolve(parsed.GetValue(url)));
            var answer = await cluster.AskAsync(HttpMethod.Get, Path(parsed.GetValue(model)!) + "/experts", null, cancellationToken);
            return Print(answer, parsed.GetValue(json), ExpertsTable.Print, Read<ExpertFigures>);
        });
        return command;
    }

    private static async Task<JsonElement> WaitAsync(ClusterClient cluster, string model, CancellationToken cancellationToken)
    {
        while (true)
        {
            var all = await cluster.AskAsync(HttpMethod.Get, "admin/deployments", null, cancellationToken);
            var found = all.EnumerateArray().FirstOrDefault(element => Read<DeploymentStatus>(element).Plan.Model == model);
            if (found.ValueKind == JsonValueKind.Undefined)
            {
                throw new CommandException($"{model} was undeployed meanwhile");
            }

            var status = Read<DeploymentStatus>(found);
            if (!status.Plan.IsWhole)
            {
                throw new CommandException($"not all of {model} has a place: {string.Join("; ", status.Plan.Problems)}");
            }

            if (status.Parts.FirstOrDefault(part => part.State == PartState.Failed) is { } failed)
            {
                throw new CommandException($"{model} could not be loaded: {failed.Error}");
            }

            if (status.Experts.FirstOrDefault(experts => experts.Error is not null) is { } lacking)
            {
                throw new CommandException($"experts of {model} could not be loaded on {lacking.Silo}: {lacking.Error}");
            }

            if (status.IsReady)
            {
                return found;
            }

            await Task.Delay(Look, cancellationToken);
        }
    }

    private static int Print<T>(JsonElement answer, bool json, Action<T> print, Func<JsonElement, T> read)
    {
        if (json)
        {
            System.Console.WriteLine(JsonSerializer.Serialize(answer, IndentedJson.Options));
        }
        else
        {
            print(read(answer));
        }

        return 0;
    }

    private static T Read<T>(JsonElement element) => element.Deserialize<T>(IndentedJson.Options)!;

    private static string Path(string model) => $"admin/deployments/{Uri.EscapeDataString(model)}";

    private static Option<bool> Json() => new("--json") { Description = "Print JSON." };
}
