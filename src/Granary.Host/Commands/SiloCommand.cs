using System.CommandLine;
using Granary.Host.Silo;

namespace Granary.Host.Commands;

/// <summary><c>granary silo</c>.</summary>
internal static class SiloCommand
{
    public const string Name = "silo";

    public static Command Create()
    {
        var config = new Option<FileInfo>("--config") { Description = "The silo's configuration, see silo-config/silo.schema.json.", Required = true };
        var serve = new Option<string[]>("--serve") { Description = "Serve these imported models instead of the configured ones; may be repeated." };
        var command = new Command(Name, "Run one silo in the foreground, with its gateway.") { config, serve };
        // Signals are the silo's own matter: they drain it.
        command.SetAction((parsed, _) => SiloHost.RunAsync(parsed.GetValue(config)!, parsed.GetValue(serve) ?? []));
        return command;
    }
}
