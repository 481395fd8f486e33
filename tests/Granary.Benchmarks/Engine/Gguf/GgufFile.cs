using System.Text;
using Granary.Benchmarks.Engine.LlamaCpp;

namespace Granary.Benchmarks.Engine.Gguf;

/// <summary>Writes GGUF, version 3: a header of keys and tensor places, then the tensors, each at a multiple of 32 bytes.</summary>
internal static class GgufFile
{
    private const uint Magic = 0x46554747; // "GGUF"
    private const uint Version = 3;
    private const int Alignment = 32;
    private const long BlockElements = 1 << 20;

    // Numbers of value types.
    private const uint UInt32 = 4;
    private const uint Float32 = 6;
    private const uint Text = 8;

    /// <summary>Writes a file, which appears whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="values">Keys with values of type <see cref="uint"/>, <see cref="float"/> or <see cref="string"/>.</param>
    /// <param name="tensors">The tensors.</param>
    public static void Write(string path, IReadOnlyList<KeyValuePair<string, object>> values, IReadOnlyList<GgufTensor> tensors)
    {
        var unfinished = path + ".unfinished";
        using (var writer = new BinaryWriter(new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20)))
        {
            writer.Write(Magic);
            writer.Write(Version);
            writer.Write((ulong)tensors.Count);
            writer.Write((ulong)values.Count);
            foreach (var (key, value) in values)
            {
                WriteText(writer, key);
                WriteValue(writer, value);
            }

            var offset = 0L;
            foreach (var tensor in tensors)
            {
                WriteText(writer, tensor.Name);
                writer.Write((uint)tensor.Shape.Length);
                foreach (var dimension in tensor.Shape.Reverse())
                {
                    writer.Write((ulong)dimension);
                }

                writer.Write((uint)tensor.Type);
                writer.Write((ulong)offset);
                offset = Aligned(offset + tensor.Bytes);
            }

            foreach (var tensor in tensors)
            {
                writer.Write(new byte[Aligned(writer.BaseStream.Position) - writer.BaseStream.Position]);
                WriteTensor(writer, tensor);
            }
        }

        File.Move(unfinished, path, overwrite: true);
    }

    private static long Aligned(long offset) => (offset + Alignment - 1) / Alignment * Alignment;

    private static void WriteText(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private static void WriteValue(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case uint number:
                writer.Write(UInt32);
                writer.Write(number);
                break;
            case float number:
                writer.Write(Float32);
                writer.Write(number);
                break;
            case string text:
                writer.Write(Text);
                WriteText(writer, text);
                break;
            default:
                throw new ArgumentException($"A value of {value.GetType()} is not written.", nameof(value));
        }
    }

    /// <summary>The tensor's rows, quantised by ggml itself from the floats that Granary's import reads too.</summary>
    private static unsafe void WriteTensor(BinaryWriter writer, GgufTensor tensor)
    {
        var step = Math.Max(1, BlockElements / tensor.Columns);
        var floats = new float[step * tensor.Columns];
        var bytes = new byte[step * tensor.RowBytes];
        for (var row = 0L; row < tensor.Rows; row += step)
        {
            var rows = Math.Min(step, tensor.Rows - row);
            tensor.Read(row, floats.AsSpan(0, (int)(rows * tensor.Columns)));
            fixed (float* source = floats)
            fixed (byte* destination = bytes)
            {
                if (tensor.Type is GgufType.F32)
                {
                    Buffer.MemoryCopy(source, destination, bytes.Length, rows * tensor.RowBytes);
                }
                else
                {
                    LlamaNative.ggml_quantize_chunk((int)tensor.Type, source, destination, 0, rows, tensor.Columns, null);
                }
            }

            writer.Write(bytes, 0, (int)(rows * tensor.RowBytes));
        }
    }
}
