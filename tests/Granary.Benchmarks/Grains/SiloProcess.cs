using System.CommandLine;
using System.Diagnostics;

namespace Granary.Benchmarks.Grains;

/// <summary>This program again, as a silo in a process of its own. It ends when its standard input does, so that none is left behind.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private const string CommandName = "silo";

    private readonly Process _process;

    private SiloProcess(Process process, SiloAddress address) => (_process, Address) = (process, address);

    public SiloAddress Address { get; }

    public static async Task<SiloProcess> StartAsync(string connectionString, string clusterId, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [.. Program(), CommandName, connectionString, clusterId]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken)
            ?? throw new InvalidOperationException("The silo ended before it was ready.");
        return new(process, SiloAddress.FromParsableString(line));
    }

    // Started as `dotnet granary-bench.dll` this process is dotnet, and the program its first argument.
    private static string[] Program() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Path.Combine(AppContext.BaseDirectory, "granary-bench.dll")] : [];

    /// <summary>kill -9.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    /// <summary>What the process runs.</summary>
    public static Command Command()
    {
        var (connectionString, clusterId) = (new Argument<string>("connection-string"), new Argument<string>("cluster-id"));
        var command = new Command(CommandName) { connectionString, clusterId };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = await BenchSilo.StartAsync(parsed.GetValue(connectionString)!, parsed.GetValue(clusterId)!, cancellationToken);
            Console.WriteLine(BenchSilo.Address(host).ToParsableString());
            while (await Console.In.ReadLineAsync(cancellationToken) is not null)
            {
            }
        });
        return command;
    }
}
