using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;

namespace Granary.Health;

/// <inheritdoc cref="IProcessEnd"/>
internal sealed partial class ProcessEnd(IOptions<HealthOptions> options) : IProcessEnd
{
    public void SetExitCode(int exitCode) => Environment.ExitCode = exitCode;

    public void End()
    {
        if (options.Value.RestartInPlace)
        {
            StartAgain();
        }

        Exit(Environment.ExitCode);
    }

    /// <summary>
    /// Replaces the program of this process by a new run of it: threads, stuck ones too, and sockets are gone, number, output and parent stay. Comes back only if that failed.
    /// </summary>
    private static void StartAgain()
    {
        string?[] arguments = File.ReadAllText("/proc/self/cmdline").Split('\0');
        arguments[^1] = null; // behind the last zero; the list ends with it
        _ = Execute("/proc/self/exe", arguments);
    }

    // No exit handlers: they wait for locks that the stuck thread may hold.
    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int exitCode);

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments);
}
