namespace Granary.Profiles;

/// <summary>What a silo has and how busy it is, as it measured by itself. Rates per second, times in milliseconds, memory in bytes; 0 for what it could not find out.</summary>
[GenerateSerializer, Immutable, Alias("granary.profile")]
public sealed record SiloProfile
{
    /// <summary>The silo's name.</summary>
    [Id(0)] public required string Silo { get; init; }

    /// <summary>Address and generation, for example <c>127.0.0.1:11111@123</c>.</summary>
    [Id(1)] public required string Address { get; init; }

    /// <summary>Its zone.</summary>
    [Id(2)] public required string Zone { get; init; }

    /// <summary>When this was put together.</summary>
    [Id(3)] public required DateTimeOffset At { get; init; }

    /// <summary>Processors that the process may use.</summary>
    [Id(4)] public int Processors { get; init; }

    /// <summary>Physical cores among them.</summary>
    [Id(5)] public int Cores { get; init; }

    /// <summary>Host memory that the process may use.</summary>
    [Id(6)] public long MemoryBytes { get; init; }

    /// <summary>Host memory that is free, or is freed when it is asked for.</summary>
    [Id(7)] public long FreeMemoryBytes { get; init; }

    /// <summary>Memory of the process.</summary>
    [Id(8)] public long ProcessMemoryBytes { get; init; }

    /// <summary>Part of the processors that the process used lately, 0–1.</summary>
    [Id(9)] public double ProcessorUse { get; init; }

    /// <summary>Threads of the machine that ran or wanted to, mean over the last minute.</summary>
    [Id(10)] public double LoadAverage { get; init; }

    /// <summary>Space of the disk that holds models.</summary>
    [Id(11)] public long DiskBytes { get; init; }

    /// <summary>What is free of it.</summary>
    [Id(12)] public long FreeDiskBytes { get; init; }

    /// <summary>Where its models run: <c>cpu</c> or <c>cuda</c>.</summary>
    [Id(13)] public string DeviceKind { get; init; } = "";

    /// <summary>What the device is called.</summary>
    [Id(14)] public string DeviceName { get; init; } = "";

    /// <summary>Memory of the device; the host's where that is the device.</summary>
    [Id(15)] public long DeviceMemoryBytes { get; init; }

    /// <summary>What is free of it.</summary>
    [Id(16)] public long FreeDeviceMemoryBytes { get; init; }

    /// <summary>Floating-point operations a second of fp32 matrix products on all cores of the host, measured once at the start.</summary>
    [Id(17)] public double MatMulFlops { get; init; }

    /// <summary>Bytes a second that one core of the host copies, measured once at the start.</summary>
    [Id(18)] public double CopyBytesPerSecond { get; init; }

    /// <summary>Names of the models that it serves.</summary>
    [Id(19)] public string[] Models { get; init; } = [];

    /// <summary>Sequences that its engines can run at once.</summary>
    [Id(20)] public int Slots { get; init; }

    /// <summary>Sequences that run.</summary>
    [Id(21)] public int Running { get; init; }

    /// <summary>Sequences that wait for a slot.</summary>
    [Id(22)] public int Waiting { get; init; }

    /// <summary>What a step takes, of late; of its slowest engine.</summary>
    [Id(23)] public double StepMilliseconds { get; init; }

    /// <summary>Part of the KV cache that running sequences hold, 0–1; of its fullest engine.</summary>
    [Id(24)] public double KvUse { get; init; }

    /// <summary>KV blocks in host memory.</summary>
    [Id(25)] public long HostKvBytes { get; init; }

    /// <summary>KV blocks on disk.</summary>
    [Id(26)] public long DiskKvBytes { get; init; }

    /// <summary>Prompt tokens that it computes.</summary>
    [Id(27)] public double PromptTokensPerSecond { get; init; }

    /// <summary>Tokens that it generates.</summary>
    [Id(28)] public double OutputTokensPerSecond { get; init; }

    /// <summary>Turns whose owner it is.</summary>
    [Id(29)] public int Turns { get; init; }

    /// <summary>How it reaches each other silo, as far as it has tried, by name.</summary>
    [Id(30)] public SiloLink[] Links { get; init; } = [];
}
