using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Models.Tests.TinyModels;

/// <summary>Writes safetensors files, well formed or with any header.</summary>
internal static class SafetensorsWriter
{
    /// <summary>Writes tensors one after the other.</summary>
    public static void Write(string path, IEnumerable<KeyValuePair<string, TinyTensor>> tensors)
    {
        var header = new JsonObject { ["__metadata__"] = new JsonObject { ["format"] = "pt" } };
        using var data = new MemoryStream();
        foreach (var (name, tensor) in tensors)
        {
            var begin = data.Length;
            data.Write(Encode(tensor));
            header[name] = Entry(tensor.Type, tensor.Shape, begin, data.Length);
        }

        Write(path, JsonSerializer.Serialize(header), data.ToArray());
    }

    /// <summary>Writes a header and bytes as they are.</summary>
    public static void Write(string path, string header, byte[] data, ulong? headerLength = null)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, headerLength ?? (ulong)text.Length);
        File.WriteAllBytes(path, [.. prefix, .. text, .. data]);
    }

    /// <summary>A header entry.</summary>
    public static JsonObject Entry(string type, long[] shape, long begin, long end) => new()
    {
        ["dtype"] = type,
        ["shape"] = new JsonArray([.. shape.Select(dimension => JsonValue.Create(dimension))]),
        ["data_offsets"] = new JsonArray(begin, end),
    };

    private static byte[] Encode(TinyTensor tensor) => [.. tensor.Values.SelectMany(value => tensor.Type switch
    {
        "BF16" => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)),
        "F16" => BitConverter.GetBytes((Half)value),
        "F32" => BitConverter.GetBytes(value),
        _ => new byte[tensor.Type is "F64" or "I64" ? 8 : 1],
    })];
}
