using System.Collections.ObjectModel;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Granary.Host.Local;

/// <summary>A process that <c>up</c> started. Its start time tells it from another one that got the same number later.</summary>
/// <param name="Name">For people: the silo's or the store's name.</param>
/// <param name="Id">Process id.</param>
/// <param name="StartTicks">Start time in clock ticks since boot, from /proc.</param>
/// <param name="Url">The gateway, if it has one.</param>
/// <param name="StopSignal">Signal for a clean stop.</param>
internal sealed partial record ManagedProcess(string Name, int Id, long StartTicks, Uri? Url, int StopSignal = ManagedProcess.Terminate)
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    public static ManagedProcess Of(string name, int id, Uri? url = null, int stopSignal = Terminate) =>
        new(name, id, ReadStartTicks(id) ?? 0, url, stopSignal);

    /// <summary>Starts a command in a session of its own, so that it outlives this terminal; its output goes to a file.</summary>
    public static ManagedProcess Start(string name, IReadOnlyList<string> command, string logFile, IReadOnlyDictionary<string, string>? environment = null, Uri? url = null, int stopSignal = Terminate)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(logFile)!);
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("log=$1; shift; exec setsid \"$@\" >>\"$log\" 2>&1 </dev/null");
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(logFile);
        foreach (var word in command)
        {
            start.ArgumentList.Add(word);
        }

        foreach (var (key, value) in environment ?? ReadOnlyDictionary<string, string>.Empty)
        {
            start.Environment[key] = value;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start");
        return Of(name, process.Id, url, stopSignal);
    }

    public bool IsAlive() => ReadStartTicks(Id) is { } ticks && (StartTicks == 0 || ticks == StartTicks);

    public void Signal(int signal)
    {
        if (IsAlive() && SendSignal(Id, signal) != 0 && IsAlive())
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"cannot stop {Name} (process {Id})");
        }
    }

    /// <summary>Asks it to stop, waits, and kills it at the deadline.</summary>
    public async Task StopAsync(TimeSpan patience, Action<TimeSpan> waiting)
    {
        Signal(StopSignal);
        var begin = Stopwatch.GetTimestamp();
        while (IsAlive())
        {
            var elapsed = Stopwatch.GetElapsedTime(begin);
            waiting(elapsed);
            if (elapsed > patience)
            {
                Signal(Kill);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }

    // Fields 3 (state) and 22 (start time) of /proc/PID/stat, counted after the command name, which may hold spaces. A zombie is dead.
    private static long? ReadStartTicks(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int id, int signal);
}
