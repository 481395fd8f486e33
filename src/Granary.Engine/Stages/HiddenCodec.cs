using System.Numerics;
using System.Runtime.InteropServices;
using Granary.Shards;

namespace Granary.Engine.Stages;

/// <summary>Writes and reads hidden states as they travel between silos.</summary>
internal static class HiddenCodec
{
    private const float LargestHalf = 65504;
    private const int LargestCode = 127;

    /// <summary>Bytes of rows.</summary>
    /// <param name="format">How they are written.</param>
    /// <param name="rows">How many.</param>
    /// <param name="width">Numbers of each.</param>
    public static int Bytes(HiddenFormat format, int rows, int width) => rows * RowBytes(format, width);

    /// <summary>Numbers of a row of so many bytes.</summary>
    public static int Width(HiddenFormat format, int rowBytes) => format switch
    {
        HiddenFormat.Fp32 => rowBytes / sizeof(float),
        HiddenFormat.Fp16 => rowBytes / sizeof(ushort),
        _ => rowBytes - sizeof(float),
    };

    /// <summary>Writes rows [n, width].</summary>
    public static byte[] Write(HiddenFormat format, ReadOnlySpan<float> rows, int width)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(Bytes(format, rows.Length / width, width));
        Write(format, rows, bytes, width);
        return bytes;
    }

    /// <summary>Writes rows [n, width] into exactly as many bytes as they take.</summary>
    public static void Write(HiddenFormat format, ReadOnlySpan<float> rows, Span<byte> destination, int width)
    {
        switch (format)
        {
            case HiddenFormat.Fp32:
                MemoryMarshal.AsBytes(rows).CopyTo(destination);
                break;
            case HiddenFormat.Fp16:
                WriteHalves(rows, MemoryMarshal.Cast<byte, Half>(destination));
                break;
            default:
                WriteCodes(rows, destination, width);
                break;
        }
    }

    /// <summary>Reads rows [n, width].</summary>
    /// <exception cref="InvalidDataException">They are not as many bytes as rows of this format have.</exception>
    public static void Read(HiddenFormat format, ReadOnlySpan<byte> bytes, Span<float> rows, int width)
    {
        if (bytes.Length != Bytes(format, rows.Length / width, width))
        {
            throw new InvalidDataException($"{rows.Length / width} rows of {width} hidden states in {format} are not {bytes.Length} bytes.");
        }

        switch (format)
        {
            case HiddenFormat.Fp32:
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(rows);
                break;
            case HiddenFormat.Fp16:
                ReadHalves(MemoryMarshal.Cast<byte, Half>(bytes), rows);
                break;
            default:
                ReadCodes(bytes, rows, width);
                break;
        }
    }

    private static int RowBytes(HiddenFormat format, int width) => format switch
    {
        HiddenFormat.Fp32 => width * sizeof(float),
        HiddenFormat.Fp16 => width * sizeof(ushort),
        HiddenFormat.Int8 => sizeof(float) + width,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format."),
    };

    private static void WriteHalves(ReadOnlySpan<float> source, Span<Half> destination)
    {
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = (Half)Math.Clamp(source[i], -LargestHalf, LargestHalf);
        }
    }

    private static void ReadHalves(ReadOnlySpan<Half> source, Span<float> destination)
    {
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = (float)source[i];
        }
    }

    private static void WriteCodes(ReadOnlySpan<float> source, Span<byte> destination, int width)
    {
        for (; source.Length > 0; source = source[width..], destination = destination[(sizeof(float) + width)..])
        {
            ReadOnlySpan<float> row = source[..width];
            float scale = LargestMagnitude(row) / LargestCode;
            MemoryMarshal.Write(destination, scale);
            float inverse = scale == 0 ? 0 : 1 / scale;
            Span<byte> codes = destination.Slice(sizeof(float), width);
            for (int i = 0; i < width; i++)
            {
                codes[i] = (byte)(sbyte)MathF.Round(row[i] * inverse);
            }
        }
    }

    private static void ReadCodes(ReadOnlySpan<byte> source, Span<float> destination, int width)
    {
        for (; destination.Length > 0; destination = destination[width..], source = source[(sizeof(float) + width)..])
        {
            float scale = MemoryMarshal.Read<float>(source);
            ReadOnlySpan<byte> codes = source.Slice(sizeof(float), width);
            for (int i = 0; i < width; i++)
            {
                destination[i] = scale * (sbyte)codes[i];
            }
        }
    }

    private static float LargestMagnitude(ReadOnlySpan<float> row)
    {
        var largest = Vector<float>.Zero;
        int i = 0;
        for (; i <= row.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            largest = Vector.Max(largest, Vector.Abs(new Vector<float>(row[i..])));
        }

        float result = 0;
        for (int lane = 0; lane < Vector<float>.Count; lane++)
        {
            result = Math.Max(result, largest[lane]);
        }

        for (; i < row.Length; i++)
        {
            result = Math.Max(result, Math.Abs(row[i]));
        }

        return result;
    }
}
