using System.CommandLine;

namespace Granary.Host.Commands;

/// <summary><c>granary bench</c>: the script deploy/granary builds and runs tests/Granary.Benchmarks before this program is reached.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var command = new Command("bench", "Run a benchmark: bench NAME [--json FILE] [--quick]; bench --help lists them.");
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(int (_) => throw new CommandException("benchmarks live in the repository; run them with deploy/granary bench NAME"));
        return command;
    }
}
