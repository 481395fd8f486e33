using System.CommandLine;
using Spectre.Console;

namespace Granary.Host.Commands;

/// <summary>The root of the command line.</summary>
internal static class GranaryCommand
{
    /// <summary>Exit code of a wrong command line.</summary>
    internal const int UsageError = 2;

    private static readonly InvocationConfiguration Invocation = new() { EnableDefaultExceptionHandler = false };

    // A silo takes its time to leave, and handles signals itself.
    private static readonly InvocationConfiguration SiloInvocation = new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };

    /// <summary>Parses and runs. A wrong command line ends with one line and exit code 2, a failure with one line and exit code 1.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        if (System.Console.IsOutputRedirected)
        {
            // A file or a pipe wants no colours and no narrow columns.
            AnsiConsole.Profile.Capabilities.Ansi = false;
            AnsiConsole.Profile.Width = 160;
        }

        var parsed = Create().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            var path = string.Join(' ', Path(parsed.CommandResult));
            await System.Console.Error.WriteLineAsync($"granary: {OneLine(parsed.Errors[0].Message)} (see '{path} --help')");
            return UsageError;
        }

        try
        {
            return await parsed.InvokeAsync(parsed.CommandResult.Command.Name == SiloCommand.Name ? SiloInvocation : Invocation);
        }
        catch (CommandException failure)
        {
            await System.Console.Error.WriteLineAsync($"granary: {failure.Message}");
            return failure.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
        catch (Exception failure) when (Environment.GetEnvironmentVariable("GRANARY_TRACE") is null)
        {
            await System.Console.Error.WriteLineAsync($"granary: {failure.GetType().Name}: {OneLine(failure.Message)} (GRANARY_TRACE=1 shows where)");
            return 1;
        }
    }

    private static RootCommand Create() => new("Granary serves large language models from a cluster of Orleans silos.")
    {
        UpCommand.Create(),
        DownCommand.Create(),
        SiloCommand.Create(),
        ChatCommand.Create(),
        ModelCommand.Create(),
        ClusterCommand.Create(),
        TopCommand.Create(),
        DrainCommand.Create(),
        ZoneCommand.Create(),
        KeyCommand.Create(),
        TenantCommand.Create(),
        SessionCommand.Create(),
        AuditCommand.Create(),
        BenchCommand.Create(),
        VersionCommand.Create(),
    };

    private static Stack<string> Path(System.CommandLine.Parsing.CommandResult result)
    {
        var names = new Stack<string>();
        for (System.CommandLine.Parsing.SymbolResult? at = result; at is not null; at = at.Parent)
        {
            if (at is System.CommandLine.Parsing.CommandResult command)
            {
                names.Push(command.Command.Name);
            }
        }

        return names;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").TrimEnd('.', ' ');
}
