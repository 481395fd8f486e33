using Granary.Host.Local;

namespace Granary.Chaos.Silos;

/// <summary>A silo process that can be killed and paused; its supervisor starts it again, as a kubelet would.</summary>
internal sealed class ChaosSilo(SiloSpec spec, Uri url, int siloPort, Func<ManagedProcess> start)
{
    private const int Stop = 19;
    private const int Continue = 18;
    private ManagedProcess? _process;

    /// <summary>Its name.</summary>
    public string Name => spec.Name;

    /// <summary>Its zone.</summary>
    public string Zone => spec.Zone;

    /// <summary>Its gateway.</summary>
    public Uri Url => url;

    /// <summary>Where it listens for silos.</summary>
    public int SiloPort => siloPort;

    /// <summary>The process that runs now, or ran last.</summary>
    public ManagedProcess Process => _process ?? throw new InvalidOperationException($"{Name} was never started");

    /// <summary>Whether the supervisor leaves it dead for the time being.</summary>
    public bool IsHeld { get; set; }

    /// <summary>How often it was started.</summary>
    public int Starts { get; private set; }

    public void Start()
    {
        _process = start();
        Starts++;
    }

    /// <summary>kill -9.</summary>
    public void Kill() => Process.Signal(ManagedProcess.Kill);

    /// <summary>SIGTERM: it empties itself and ends.</summary>
    public void Terminate() => Process.Signal(ManagedProcess.Terminate);

    /// <summary>Whether the process runs.</summary>
    public bool IsAlive => Process.IsAlive();

    /// <summary>SIGSTOP.</summary>
    public void Pause() => Process.Signal(Stop);

    /// <summary>SIGCONT.</summary>
    public void Resume() => Process.Signal(Continue);

    /// <summary>File handles that the process has open.</summary>
    public int CountHandles() => Directory.EnumerateFileSystemEntries($"/proc/{Process.Id}/fd").Count();
}
