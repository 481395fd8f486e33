using System.CommandLine;

namespace Granary.Host.Commands;

/// <summary><c>granary tenant webhook</c>.</summary>
internal static class TenantWebhookCommand
{
    public static Command Create()
    {
        var (tenant, url) = (TenantCommand.Tenant(), GatewayUrl.Option());
        tenant.DefaultValueFactory = null;
        var receiver = new Argument<string?>("receiver") { Description = "Its https address.", Arity = ArgumentArity.ZeroOrOne };
        var clear = new Option<bool>("--clear") { Description = "Tell nobody any more." };
        var command = new Command("webhook", "Have a receiver told when 50, 80 and 100 % of a tenant's tokens of the day or month are used, and print the secret that messages are signed with, this once.")
        {
            tenant, receiver, clear, url,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(receiver) is null != result.GetValue(clear))
            {
                result.AddError("name a receiver, or --clear");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = new ClusterClient(GatewayUrl.Resolve(parsed.GetValue(url)));
            var path = $"{TenantCommand.Path(parsed.GetValue(tenant)!)}/webhook";
            if (parsed.GetValue(clear))
            {
                await cluster.AskAsync(HttpMethod.Delete, path, null, cancellationToken);
                System.Console.WriteLine("nobody is told any more");
                return 0;
            }

            var set = await cluster.AskAsync(HttpMethod.Put, path, new { url = parsed.GetValue(receiver) }, cancellationToken);
            await System.Console.Error.WriteLineAsync("shown this once:");
            System.Console.WriteLine(set.GetProperty("secret").GetString());
            return 0;
        });
        return command;
    }
}
