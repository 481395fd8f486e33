using System.CommandLine;
using Granary.Host.Silo;

namespace Granary.Host.Commands;

/// <summary><c>granary silo</c>.</summary>
internal static class SiloCommand
{
    public static Command Create()
    {
        var config = new Option<FileInfo>("--config") { Description = "The silo's configuration, see silo-config/silo.schema.json.", Required = true };
        var serve = new Option<string[]>("--serve") { Description = "Serve these imported models instead of the configured ones; may be repeated." };
        var command = new Command("silo", "Run one silo in the foreground, with its gateway.") { config, serve };
        command.SetAction((parsed, cancellationToken) => SiloHost.RunAsync(parsed.GetValue(config)!, parsed.GetValue(serve) ?? [], cancellationToken));
        return command;
    }
}
