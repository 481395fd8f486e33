using System.Runtime.InteropServices;

namespace Granary.Engine.Execution.Cuda;

/// <summary>How a process ends that has used a GPU.</summary>
/// <remarks>
/// Native libraries tidy up when a process exits, and NVIDIA's libnvrtc, which cuDNN loads, has crashed in that: after the work
/// was done and told, the process died of a segmentation fault. .NET has shut down by then, so that nothing is left to do.
/// </remarks>
internal static partial class ProcessEnd
{
    /// <summary>Lets the process end, with its exit code, before the exit handlers of the libraries that are loaded by now.</summary>
    public static void SkipLibraries()
    {
        // The handlers run latest first; this one is the C library's own _exit, to which the exit code is passed.
        if (NativeLibrary.TryLoad("libc.so.6", out nint library) && NativeLibrary.TryGetExport(library, "_exit", out nint exit))
        {
            _ = OnExit(exit, 0);
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "on_exit")]
    private static partial int OnExit(nint handler, nint argument);
}
