using System.Globalization;
using System.Runtime.InteropServices;

namespace Granary.Cluster.Tests.Running;

/// <summary>
/// Stops one thread of another process in the middle of a native library, as a call does that never returns; all its other threads go on. By ptrace, whose calls must all come
/// from one thread. It stays stopped until its process ends.
/// </summary>
internal static partial class FrozenThread
{
    private const int Seize = 0x4206;
    private const int Interrupt = 0x4207;
    private const int GoOn = 7;
    private const int GetRegisters = 12;
    private const int AllThreads = 0x40000000; // __WALL
    private const int InstructionPointer = 16; // in user_regs_struct
    private const int Registers = 27;

    /// <summary>Ends when the thread stands still.</summary>
    /// <param name="process">The process's number.</param>
    /// <param name="name">What the thread's name begins with.</param>
    /// <param name="library">Where it must be: part of the file's name.</param>
    /// <exception cref="UnauthorizedAccessException">The system does not let this process trace that one.</exception>
    public static async Task FreezeAsync(int process, string name, string library)
    {
        // Threads that it started, as a library's pool, have its name too; it came first.
        var thread = Directory.EnumerateDirectories($"/proc/{process}/task").Where(task => File.ReadAllText(Path.Combine(task, "comm")).StartsWith(name, StringComparison.Ordinal)).Min(task => int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture));
        var code = (await File.ReadAllLinesAsync($"/proc/{process}/maps")).Where(line => line.Contains(library, StringComparison.Ordinal) && line.Contains(" r-xp ", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[0].Split('-')).Select(range => (From: Convert.ToUInt64(range[0], 16), To: Convert.ToUInt64(range[1], 16))).ToArray();
        var frozen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Hold(thread, code, frozen)) { IsBackground = true, Name = "tracer" }.Start();
        await frozen.Task;
    }

    private static unsafe void Hold(int thread, (ulong From, ulong To)[] code, TaskCompletionSource frozen)
    {
        if (Trace(Seize, thread, 0, 0) != 0)
        {
            frozen.SetException(new UnauthorizedAccessException($"ptrace: error {Marshal.GetLastPInvokeError()}"));
            return;
        }

        var registers = stackalloc ulong[Registers];
        while (true)
        {
            _ = Trace(Interrupt, thread, 0, 0);
            _ = Wait(thread, out _, AllThreads);
            if (Trace(GetRegisters, thread, 0, (nint)registers) == 0 && Array.Exists(code, range => registers[InstructionPointer] >= range.From && registers[InstructionPointer] < range.To))
            {
                break;
            }

            _ = Trace(GoOn, thread, 0, 0);
            _ = Delay(1000); // let it run on to somewhere else
        }

        frozen.SetResult();
        _ = Wait(thread, out _, AllThreads); // its end; without that its process could not end either
    }

    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    private static partial nint Trace(nint request, int thread, nint address, nint data);

    [LibraryImport("libc", EntryPoint = "usleep")]
    private static partial int Delay(uint microseconds);

    [LibraryImport("libc", EntryPoint = "waitpid")]
    private static partial int Wait(int thread, out int status, int options);
}
