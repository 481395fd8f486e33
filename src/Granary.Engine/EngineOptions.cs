using System.ComponentModel.DataAnnotations;
using Granary.Engine.Kv;

namespace Granary.Engine;

/// <summary>Settings of one engine, bound from <see cref="SectionName"/>.</summary>
public sealed class EngineOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Granary:Engine";

    /// <summary>The value of <see cref="Device"/> for the processor.</summary>
    public const string Cpu = "cpu";

    /// <summary>The value of <see cref="Device"/> for an NVIDIA GPU.</summary>
    public const string Cuda = "cuda";

    /// <value>Most sequences that run at once. Bounds 1–1024, default 16; lowered to what <see cref="KvCacheBytes"/> holds.</value>
    [Range(1, 1024)]
    public int Slots { get; set; } = 16;

    /// <value>Tokens a slot holds, prompt and output together. Bounds 16–1048576, default 4096; lowered to the model's longest context.</value>
    [Range(16, 1 << 20)]
    public int SlotTokens { get; set; } = 4096;

    /// <value>
    /// Slots by length, where one length for all would let short sequences hold long slots. Each class in which sequences decode
    /// costs a step one more forward pass, so few classes do, and one where memory suffices. Empty, the default: one class of
    /// <see cref="Slots"/> slots of <see cref="SlotTokens"/> tokens; otherwise these take their place.
    /// </value>
    public IReadOnlyList<SlotClassOptions> SlotClasses { get; set; } = [];

    /// <value>Where models run: <c>cpu</c> (the default) or <c>cuda</c>, the first visible NVIDIA GPU. A model runs on the device it was imported for.</value>
    [AllowedValues(Cpu, Cuda)]
    public string Device { get; set; } = Cpu;

    /// <value>Device memory that an engine takes at most, weights, workspace and KV cache together, in bytes. At least 1 MiB, default: nine tenths of what is free when it is loaded. Without meaning on the CPU.</value>
    [Range(1L << 20, long.MaxValue)]
    public long? DeviceMemoryBytes { get; set; }

    /// <value>Memory for the KV cache in bytes. At least 1 MiB, default 2 GiB.</value>
    [Range(1L << 20, long.MaxValue)]
    public long KvCacheBytes { get; set; } = 2L << 30;

    /// <value>Whether keys and values of a prompt's beginning are reused that were computed before. Default true.</value>
    public bool PrefixCaching { get; set; } = true;

    /// <value>Tokens of a KV block: what is below the device is found, moved and stored in blocks. Bounds 8–256, default 32.</value>
    [Range(8, BlockHash.MaxBlockTokens)]
    public int KvBlockTokens { get; set; } = 32;

    /// <value>How long the slot of a sequence that has left keeps its keys and values, unless it is needed before. Bounds 0–1 day, default 1 min.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan KvRetainFor { get; set; } = TimeSpan.FromMinutes(1);

    /// <value>Host memory for KV blocks in bytes, taken as it is used. Bounds 0–2^63−1, default 1 GiB; with 0 only slots are reused.</value>
    [Range(0, long.MaxValue)]
    public long KvHostBytes { get; set; } = 1L << 30;

    /// <value>Folder for KV blocks, for one process alone; empty, the default, for none. Blocks pass through host memory, so that needs some.</value>
    public string KvDiskFolder { get; set; } = "";

    /// <value>Bytes of a model's files in <see cref="KvDiskFolder"/>; models that nobody serves any more may have as many together. At least 1 MiB, default 8 GiB.</value>
    [Range(1L << 20, long.MaxValue)]
    public long KvDiskBytes { get; set; } = 8L << 30;

    /// <value>How long a request waits for KV blocks from disk; then they are computed again. Bounds 10 ms–10 min, default 5 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan KvDiskTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <value>Prompt tokens computed in one step at most; bounds how long a prompt delays others' tokens. Bounds 1–65536, default 256.</value>
    [Range(1, 65536)]
    public int PrefillChunkTokens { get; set; } = 256;

    /// <value>Tokens computed in one step at most, decodes and prompts together; decodes are never put off, and a few prompt tokens always go with them. Bounds 16–1048576, default 2048.</value>
    [Range(16, 1 << 20)]
    public int MaxStepTokens { get; set; } = 2048;

    /// <value>Host memory for keys and values of preempted sequences in bytes; where it is full, their whole blocks go to <see cref="KvHostBytes"/> and disk, and only what has no room there is computed again. Bounds 0–2^63−1, default 256 MiB.</value>
    [Range(0, long.MaxValue)]
    public long ParkedKvBytes { get; set; } = 256L << 20;

    /// <value>
    /// Service, in charged tokens a unit of weight, that a tenant may be ahead of a waiting one before it loses a slot. Within this gap slots count: whoever holds few takes one at once from whoever holds many,
    /// and all slots together weigh as much as the gap. Bounds 1–2^53, default 4096.
    /// </value>
    [Range(1, 1L << 53)]
    public long PreemptionGapTokens { get; set; } = 4096;

    /// <value>Tokens of output that a sequence gets before it can lose its slot to others, but to a tenant that holds fewer slots than its own. Bounds 1–65536, default 32.</value>
    [Range(1, 65536)]
    public int MinRunTokens { get; set; } = 32;

    /// <value>What a token of output counts in a tenant's service; a prompt token counts 1. Bounds 0.1–100, default 2.</value>
    [Range(0.1, 100.0)]
    public double OutputTokenCharge { get; set; } = 2;

    /// <value>Waiting time that counts as one level of priority, so that nobody waits for ever. Bounds 0.1 s–1 h, default 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan PriorityAging { get; set; } = TimeSpan.FromSeconds(10);

    /// <value>Requests that may wait for a slot; more are refused as overloaded, those first whose tenant has the most for its weight. Bounds 0–1000000, default 256.</value>
    [Range(0, 1_000_000)]
    public int MaxWaiting { get; set; } = 256;

    /// <value>Tokens generated at most where neither request nor model says. Bounds 1–1048576, default 1024.</value>
    [Range(1, 1 << 20)]
    public int DefaultMaxTokens { get; set; } = 1024;

    /// <value>Threads of one forward pass. Bounds 1–1024, default: the physical cores.</value>
    [Range(1, 1024)]
    public int? Threads { get; set; }

    /// <value>Whether steps of a single sequence are computed with Granary's own operators where they are faster than ONNX Runtime's: int4, w8a8, and experts in fp32, on processors with AVX2. They read the weights' file itself, beside ONNX Runtime's packed weights: only where the machine's memory holds the model's folder twice. Default true. Without meaning on a GPU.</value>
    public bool OneRowKernels { get; set; } = true;

    /// <value>How far the threads of forward passes stand back behind those that serve connections, grains and the log, where cores are scarce: a Linux niceness. Bounds 0–19, default 5.</value>
    [Range(0, 19)]
    public int Niceness { get; set; } = 5;

    /// <value>
    /// Time without a finished step, while work waits, after which the engine counts as stuck; three times its slowest recent step where that is longer.
    /// Bounds 1 s–1 h, default 4 s.
    /// </value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>The options of one of several lanes, which share what the options give to an engine.</summary>
    internal EngineOptions ForLane(int lane, int lanes)
    {
        var options = (EngineOptions)MemberwiseClone();
        options.KvHostBytes /= lanes;
        options.KvDiskBytes = Math.Max(1 << 20, KvDiskBytes / lanes);
        options.ParkedKvBytes /= lanes;
        options.MaxWaiting = (MaxWaiting + lanes - 1) / lanes;
        options.KvDiskFolder = KvDiskFolder.Length == 0 || lanes == 1 ? KvDiskFolder : Path.Combine(KvDiskFolder, $"lane-{lane}");
        return options;
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        List<ValidationResult> results = [];
        foreach (SlotClassOptions slots in SlotClasses)
        {
            Validator.TryValidateObject(slots, new ValidationContext(slots), results, validateAllProperties: true);
        }

        return results.Select(result => new ValidationResult($"a class: {result.ErrorMessage}", [nameof(SlotClasses)]));
    }
}
