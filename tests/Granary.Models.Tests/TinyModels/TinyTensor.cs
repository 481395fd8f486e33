namespace Granary.Models.Tests.TinyModels;

/// <summary>A tensor of a tiny model.</summary>
internal sealed record TinyTensor(string Type, long[] Shape, float[] Values)
{
    /// <summary>The values after a round trip through the type.</summary>
    public float[] Rounded() => [.. Values.Select(value => Type switch
    {
        "BF16" => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000),
        "F16" => (float)(Half)value,
        _ => value,
    })];
}
