using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Granary.Models.Checkpoints;

/// <summary>One safetensors file: 8 bytes of header length, a JSON header, the tensors without gaps.</summary>
/// <remarks>Read by position rather than mapped: a file that shrinks while it is read is then an error and not a SIGBUS that ends the process.</remarks>
internal sealed class SafetensorsFile : IDisposable
{
    // The limit of the format's reference implementation.
    private const long MaxHeaderBytes = 100_000_000;

    private readonly SafeFileHandle _handle;

    private SafetensorsFile(string path, SafeFileHandle handle, IReadOnlyDictionary<string, TensorInfo> tensors)
    {
        Path = path;
        _handle = handle;
        Tensors = tensors;
    }

    public string Path { get; }

    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <exception cref="ModelFormatException">The header is absurd, or says something else than the file's length does.</exception>
    public static SafetensorsFile Open(string path)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            return new SafetensorsFile(path, handle, ReadHeader(path, handle));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Reads raw bytes of the file.</summary>
    public void Read(long offset, Span<byte> destination, string tensor)
    {
        while (destination.Length > 0)
        {
            var read = RandomAccess.Read(_handle, destination, offset);
            if (read == 0)
            {
                throw new ModelFormatException(Path, "the file ended while it was read. Do not change it during an import; start again.", tensor);
            }

            offset += read;
            destination = destination[read..];
        }
    }

    public void Dispose() => _handle.Dispose();

    private static Dictionary<string, TensorInfo> ReadHeader(string path, SafeFileHandle handle)
    {
        var fileBytes = RandomAccess.GetLength(handle);
        Span<byte> prefix = stackalloc byte[8];
        if (fileBytes < 8 || RandomAccess.Read(handle, prefix, 0) != 8)
        {
            throw new ModelFormatException(path, $"{fileBytes} bytes are no safetensors file. Download it again.");
        }

        var headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerBytes > MaxHeaderBytes)
        {
            throw new ModelFormatException(path, $"the header says it is {headerBytes:N0} bytes long; at most {MaxHeaderBytes:N0} are allowed. This is no safetensors file, or a damaged one.");
        }

        if ((long)headerBytes > fileBytes - 8)
        {
            throw new ModelFormatException(path, $"the file ends inside its header ({fileBytes:N0} of at least {headerBytes + 8:N0} bytes). It is torn: download it again.");
        }

        var header = new byte[headerBytes];
        var done = 0;
        for (int read; done < header.Length; done += read)
        {
            read = RandomAccess.Read(handle, header.AsSpan(done), 8 + done);
            if (read == 0)
            {
                throw new ModelFormatException(path, "the file ended while it was read. Do not change it during an import; start again.");
            }
        }

        var dataStart = 8 + (long)headerBytes;
        var tensors = JsonFile.Parse(path, header).Properties
            .Where(entry => entry.Name != "__metadata__")
            .Select(entry => ReadEntry(path, entry, dataStart))
            .OrderBy(tensor => tensor.Offset)
            .ThenBy(tensor => tensor.ByteLength)
            .ToList();
        CheckLayout(path, tensors, dataStart, fileBytes);
        return tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    private static TensorInfo ReadEntry(string path, JsonProperty entry, long dataStart)
    {
        ModelFormatException Wrong(string problem) => new(path, problem + " The file is damaged: download it again.", entry.Name);

        if (entry.Value.ValueKind != JsonValueKind.Object
            || !entry.Value.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String
            || !TryReadNumbers(entry.Value, "shape", 16, out var shape)
            || !TryReadNumbers(entry.Value, "data_offsets", 2, out var offsets) || offsets.Length != 2)
        {
            throw Wrong("its header entry needs dtype, shape and data_offsets.");
        }

        if (!Enum.TryParse<TensorType>(dtype.GetString(), out var type) || !Enum.IsDefined(type) || char.IsAsciiDigit(dtype.GetString()![0]))
        {
            throw new ModelFormatException(path, $"unknown dtype '{dtype.GetString()}'. Convert the checkpoint to BF16, F16 or F32.", entry.Name);
        }

        if (offsets[1] < offsets[0] || offsets[1] > long.MaxValue - dataStart)
        {
            throw Wrong($"its offsets {offsets[0]} to {offsets[1]} are absurd.");
        }

        // Products are taken in 128 bits: dimensions come from the file.
        var bytes = shape.Aggregate((UInt128)TensorInfo.SizeOf(type), (product, dimension) => product > long.MaxValue ? product : product * (ulong)dimension);
        var length = offsets[1] - offsets[0];
        if (bytes != (ulong)length)
        {
            throw Wrong($"{dtype.GetString()} [{string.Join(", ", shape)}] takes {bytes} bytes, but its offsets span {length}.");
        }

        return new TensorInfo(entry.Name, type, shape, dataStart + offsets[0], length);
    }

    private static bool TryReadNumbers(JsonElement entry, string key, int most, out long[] numbers)
    {
        numbers = [];
        if (!entry.TryGetProperty(key, out var array) || array.ValueKind != JsonValueKind.Array || array.GetArrayLength() > most)
        {
            return false;
        }

        numbers = new long[array.GetArrayLength()];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (array[i].ValueKind != JsonValueKind.Number || !array[i].TryGetInt64(out numbers[i]) || numbers[i] < 0)
            {
                return false;
            }
        }

        return true;
    }

    private static void CheckLayout(string path, List<TensorInfo> tensors, long dataStart, long fileBytes)
    {
        var end = dataStart;
        foreach (var tensor in tensors)
        {
            if (tensor.Offset + tensor.ByteLength > fileBytes)
            {
                throw new ModelFormatException(path, $"it ends at byte {tensor.Offset + tensor.ByteLength:N0}, the file has {fileBytes:N0}. The file is torn: download it again.", tensor.Name);
            }

            if (tensor.Offset != end)
            {
                var problem = tensor.Offset < end ? "it overlaps the tensor before it." : "there is a gap before it.";
                throw new ModelFormatException(path, problem + " The file is damaged: download it again.", tensor.Name);
            }

            end += tensor.ByteLength;
        }

        if (end != fileBytes)
        {
            throw new ModelFormatException(path, $"{fileBytes - end:N0} bytes follow the last tensor. The file is damaged: download it again.");
        }
    }
}
