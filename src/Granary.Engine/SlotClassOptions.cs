using System.ComponentModel.DataAnnotations;

namespace Granary.Engine;

/// <summary>Slots of one length.</summary>
public sealed class SlotClassOptions
{
    /// <value>Tokens that each holds, prompt and output together. Bounds 16–1048576; lowered to the model's longest context.</value>
    [Range(16, 1 << 20)]
    public int Tokens { get; set; }

    /// <value>How many there are. Bounds 1–1024; lowered, as the other classes' are, to what <see cref="EngineOptions.KvCacheBytes"/> holds.</value>
    [Range(1, 1024)]
    public int Slots { get; set; }
}
