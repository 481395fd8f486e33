using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Granary.Benchmarks.Gateways;

/// <summary>A program on one core of this machine, with what it has used of it. One that is ours ends when its standard input does, so that none is left behind.</summary>
internal sealed partial class BenchProcess : IAsyncDisposable
{
    // Before whatever else the machine has to do, where the system lets us.
    private const string First = "-20";
    private const int Continue = 18;
    private const int Stop = 19;

    private readonly Process _process;

    private BenchProcess(Process process) => _process = process;

    /// <summary>The first line that it wrote, where one was waited for.</summary>
    public string FirstLine { get; private init; } = "";

    /// <summary>Processor time used so far, by all its threads.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Memory that it holds.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>This program again, with a hidden command that writes a line when it is ready.</summary>
    /// <param name="cores">Cores as <c>taskset</c> counts them.</param>
    /// <param name="arguments">The command and its arguments.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<BenchProcess> StartSelfAsync(string cores, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        // Started as `dotnet granary-bench.dll` this process is dotnet, and the program its first argument.
        string[] program = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Path.Combine(AppContext.BaseDirectory, "granary-bench.dll")] : [];
        var process = Start(cores, Environment.ProcessPath!, [.. program, .. arguments]);
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException($"'{arguments.First()}' ended before it was ready.");
        return new BenchProcess(process) { FirstLine = line };
    }

    /// <summary>Has all threads of this process, and those that they start, on some cores.</summary>
    /// <param name="cores">Cores as <c>taskset</c> counts them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task PinSelfAsync(string cores, CancellationToken cancellationToken)
    {
        await FinishAsync("taskset", ["--all-tasks", "--cpu-list", "--pid", cores, Environment.ProcessId.ToString(CultureInfo.InvariantCulture)], cancellationToken);
        if (Environment.IsPrivilegedProcess)
        {
            await FinishAsync("renice", ["-n", First, "-p", .. Directory.GetDirectories("/proc/self/task").Select(task => Path.GetFileName(task))], cancellationToken);
        }
    }

    /// <summary>Another program, whose output nobody wants.</summary>
    public static BenchProcess StartOther(string cores, string program, IEnumerable<string> arguments)
    {
        var process = Start(cores, program, [.. arguments]);
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        return new BenchProcess(process);
    }

    /// <summary>Has it stand still, as while another one is measured, or go on.</summary>
    public void Halt(bool stands) => _ = SendSignal(_process.Id, stands ? Stop : Continue);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    // On a single core .NET puts off compiling what is called often for as long as there is anything new, which on a busy one is minutes. So it is told of all, and not to spin for work, which it does not do on one.
    private static Process Start(string cores, string program, string[] arguments) => Process.Start(new ProcessStartInfo("nice", ["-n", Environment.IsPrivilegedProcess ? First : "0", "taskset", "-c", cores, program, .. arguments])
    {
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        Environment =
        {
            ["DOTNET_PROCESSOR_COUNT"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
            ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
        },
    })!;

    private static async Task FinishAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int id, int signal);
}
