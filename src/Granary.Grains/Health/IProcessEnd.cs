namespace Granary.Health;

/// <summary>The end of this process, by its own hand.</summary>
public interface IProcessEnd
{
    /// <summary>Makes the process end with <paramref name="exitCode"/> when it ends.</summary>
    void SetExitCode(int exitCode);

    /// <summary>
    /// Ends the process at once, or starts it again where <see cref="HealthOptions.RestartInPlace"/> says so. A thread that is stuck in native code would hold up anything gentler.
    /// </summary>
    void End();
}
