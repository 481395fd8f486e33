namespace Granary.Shards;

/// <summary>How hidden states travel between silos: row after row, little-endian.</summary>
public enum HiddenFormat
{
    /// <summary>IEEE 16-bit floats; what does not fit becomes ±65,504.</summary>
    Fp16,

    /// <summary>32-bit floats: exact.</summary>
    Fp32,

    /// <summary>8 bits with a scale of fp32 per row, which comes before the row. Its loss is in docs/DECISIONS.md.</summary>
    Int8,
}
