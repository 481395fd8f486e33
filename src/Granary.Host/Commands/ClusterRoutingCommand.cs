using System.CommandLine;

namespace Granary.Host.Commands;

/// <summary><c>granary cluster routing</c>.</summary>
internal static class ClusterRoutingCommand
{
    private const string FromConfiguration = "default";

    public static Command Create()
    {
        var policy = new Argument<string?>("policy") { Arity = ArgumentArity.ZeroOrOne, Description = $"Its name, or '{FromConfiguration}' for what each silo's configuration names. Without it: the one that holds, and all that there are." };
        var url = GatewayUrl.Option();
        var command = new Command("routing", "The policy by which requests find a replica, on all silos.") { policy, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = new ClusterClient(GatewayUrl.Resolve(parsed.GetValue(url)));
            await (parsed.GetValue(policy) is { } name ? ChooseAsync(cluster, name, cancellationToken) : PrintAsync(cluster, cancellationToken));
            return 0;
        });
        return command;
    }

    private static async Task ChooseAsync(ClusterClient cluster, string name, CancellationToken cancellationToken)
    {
        var isDefault = name == FromConfiguration;
        await cluster.AskAsync(isDefault ? HttpMethod.Delete : HttpMethod.Put, isDefault ? "admin/routing" : $"admin/routing/{Uri.EscapeDataString(name)}", null, cancellationToken);
        System.Console.WriteLine(isDefault ? "requests find replicas by what each silo's configuration names" : $"requests find replicas by {name}");
    }

    private static async Task PrintAsync(ClusterClient cluster, CancellationToken cancellationToken)
    {
        var status = await cluster.ReadAsync(cancellationToken);
        foreach (var name in status.RoutingPolicies)
        {
            System.Console.WriteLine(name == status.RoutingPolicy ? $"{name}  (holds)" : name);
        }
    }
}
