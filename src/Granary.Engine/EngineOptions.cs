using System.ComponentModel.DataAnnotations;

namespace Granary.Engine;

/// <summary>Settings of one engine, bound from <see cref="SectionName"/>.</summary>
public sealed class EngineOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Granary:Engine";

    /// <value>Most sequences that run at once. Bounds 1–1024, default 16; lowered to what <see cref="KvCacheBytes"/> holds.</value>
    [Range(1, 1024)]
    public int Slots { get; set; } = 16;

    /// <value>Tokens a slot holds, prompt and output together. Bounds 16–1048576, default 4096; lowered to the model's longest context.</value>
    [Range(16, 1 << 20)]
    public int SlotTokens { get; set; } = 4096;

    /// <value>Memory for the KV cache in bytes. At least 1 MiB, default 2 GiB.</value>
    [Range(1L << 20, long.MaxValue)]
    public long KvCacheBytes { get; set; } = 2L << 30;

    /// <value>Prompt tokens computed in one step at most; bounds how long a prompt delays others' tokens. Bounds 1–65536, default 256.</value>
    [Range(1, 65536)]
    public int PrefillChunkTokens { get; set; } = 256;

    /// <value>Requests that may wait for a slot; more are refused as overloaded. Bounds 0–1000000, default 256.</value>
    [Range(0, 1_000_000)]
    public int MaxWaiting { get; set; } = 256;

    /// <value>Tokens generated at most where neither request nor model says. Bounds 1–1048576, default 1024.</value>
    [Range(1, 1 << 20)]
    public int DefaultMaxTokens { get; set; } = 1024;

    /// <value>Threads of one forward pass. Bounds 1–1024, default: the physical cores.</value>
    [Range(1, 1024)]
    public int? Threads { get; set; }

    /// <value>Time without a finished step, while work waits, after which the engine counts as stuck. Bounds 1 s–1 h, default 15 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromSeconds(15);
}
