using System.CommandLine;
using Granary.Host.Local;

namespace Granary.Host.Commands;

/// <summary><c>granary down</c>.</summary>
internal static class DownCommand
{
    public static Command Create()
    {
        var command = new Command("down", "Stop what 'up' started, and only that. Models, conversations and logs stay.");
        command.SetAction((_, cancellationToken) => new LocalCluster(GranaryPaths.Current, Progress.ForTerminal()).DownAsync(cancellationToken));
        return command;
    }
}
