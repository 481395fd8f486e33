using System.CommandLine;
using Granary.Host.Local;

namespace Granary.Host.Commands;

/// <summary><c>granary up</c>.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        var zones = new Option<int>("--zones")
        {
            Description = "Silos to start, each in a zone of its own (az-a, az-b, …), with PostgreSQL and Redis. Without it: one silo and SQLite.",
        };
        zones.Validators.Add(result =>
        {
            if (result.GetValue(zones) is < 1 or > LocalCluster.MaxZones)
            {
                result.AddError($"--zones takes a number from 1 to {LocalCluster.MaxZones}");
            }
        });
        var serve = new Option<string[]>("--serve") { Description = "Imported models to serve; may be repeated.", DefaultValueFactory = _ => [LocalCluster.DemoModel] };
        var port = new Option<int>("--port") { Description = "First gateway port.", DefaultValueFactory = _ => 5080 };
        port.Validators.Add(result =>
        {
            if (result.GetValue(port) is < 1024 or > 65000)
            {
                result.AddError("--port takes a number from 1024 to 65000");
            }
        });

        var command = new Command("up", "Start Granary on this machine and wait until it is ready.") { zones, serve, port };
        command.SetAction((parsed, cancellationToken) => new LocalCluster(GranaryPaths.Current, Progress.ForTerminal()).UpAsync(
            new UpRequest(parsed.GetValue(zones), parsed.GetValue(serve)!, parsed.GetValue(port)), cancellationToken));
        return command;
    }
}
