using System.Runtime.InteropServices;

namespace Granary.Engine.Execution;

/// <summary>How much a thread yields to the others of its process. On Linux a niceness belongs to a thread, and threads that it starts inherit it (sched(7)).</summary>
internal static partial class ThreadNiceness
{
    private const int ThisThread = 0;
    private const int MostNiceness = 19;

    /// <summary>Makes the calling thread, and those that it starts from now on, yield more. Without effect elsewhere than on Linux.</summary>
    /// <param name="niceness">0–19 levels; each is about a tenth of the processor time that it gets beside others.</param>
    public static void Add(int niceness)
    {
        if (OperatingSystem.IsLinux() && niceness > 0)
        {
            _ = SetPriority(which: 0, ThisThread, Math.Min(MostNiceness, GetPriority(which: 0, ThisThread) + niceness));
        }
    }

    [LibraryImport("libc", EntryPoint = "getpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetPriority(int which, int who);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetPriority(int which, int who, int priority);
}
