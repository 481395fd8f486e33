using System.Buffers;
using System.Runtime.InteropServices;

namespace Granary.Models.Checkpoints;

/// <summary>The tensors of a model folder, in one safetensors file or in several with an index.</summary>
internal sealed class Checkpoint : ITensorSource
{
    private readonly Dictionary<string, (SafetensorsFile File, TensorInfo Tensor)> _tensors = new(StringComparer.Ordinal);
    private readonly List<SafetensorsFile> _files = [];

    private Checkpoint()
    {
    }

    public IEnumerable<string> Files => _files.Select(file => file.Path);

    public IEnumerable<string> TensorNames => _tensors.Keys;

    /// <exception cref="ModelFormatException">The folder has no safetensors, or a damaged one, or an index that names something else.</exception>
    public static Checkpoint Open(string folder)
    {
        var checkpoint = new Checkpoint();
        try
        {
            var files = CheckpointFiles.Locate(folder, out var index);
            foreach (var path in files)
            {
                var file = SafetensorsFile.Open(path);
                checkpoint._files.Add(file);
                foreach (var tensor in file.Tensors.Values)
                {
                    if (!checkpoint._tensors.TryAdd(tensor.Name, (file, tensor)))
                    {
                        throw new ModelFormatException(path, $"is also in {Path.GetFileName(checkpoint._tensors[tensor.Name].File.Path)}. Remove the stale file.", tensor.Name);
                    }
                }
            }

            index?.Check(name => checkpoint._tensors.TryGetValue(name, out var found) ? found.File.Path : null);
            return checkpoint;
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    public bool Contains(string name) => _tensors.ContainsKey(name);

    public void Require(string name, ReadOnlySpan<long> shape)
    {
        if (!_tensors.TryGetValue(name, out var found))
        {
            throw new ModelFormatException(_files[0].Path, $"is missing{(_files.Count > 1 ? " from all shards" : "")}. config.json asks for it: the checkpoint is incomplete or belongs to another model.", name);
        }

        var (file, tensor) = found;
        if (!shape.SequenceEqual(tensor.Shape))
        {
            throw new ModelFormatException(file.Path, $"has the shape [{string.Join(", ", tensor.Shape)}], but config.json asks for [{string.Join(", ", shape.ToArray())}]. Weights and config.json do not belong together.", name);
        }

        if (tensor.Type is not (TensorType.F32 or TensorType.F16 or TensorType.BF16))
        {
            throw new ModelFormatException(file.Path, $"has the dtype {tensor.Type}; BF16, F16 and F32 can be imported. Convert the checkpoint.", name);
        }
    }

    public void Read(string name, long firstElement, Span<float> destination)
    {
        var (file, tensor) = _tensors[name];
        var offset = tensor.Offset + (firstElement * tensor.ElementBytes);
        if (tensor.Type == TensorType.F32)
        {
            file.Read(offset, MemoryMarshal.AsBytes(destination), name);
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(destination.Length * 2);
        try
        {
            var bytes = buffer.AsSpan(0, destination.Length * 2);
            file.Read(offset, bytes, name);
            if (tensor.Type == TensorType.F16)
            {
                WidenHalf(MemoryMarshal.Cast<byte, Half>(bytes), destination);
            }
            else
            {
                WidenBFloat16(MemoryMarshal.Cast<byte, ushort>(bytes), destination);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose()
    {
        foreach (var file in _files)
        {
            file.Dispose();
        }
    }

    private static void WidenHalf(ReadOnlySpan<Half> source, Span<float> destination)
    {
        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = (float)source[i];
        }
    }

    private static void WidenBFloat16(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        var bits = MemoryMarshal.Cast<float, uint>(destination);
        for (var i = 0; i < bits.Length; i++)
        {
            bits[i] = (uint)source[i] << 16;
        }
    }
}
