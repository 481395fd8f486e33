using System.IO.MemoryMappedFiles;
using Granary.Models.Checkpoints;

namespace Granary.Models.Onnx.Weights;

/// <summary>The file beside the graph that holds its weights, laid out so that ONNX Runtime can map it.</summary>
internal sealed class ExternalData
{
    /// <summary>Tensors begin on a page.</summary>
    private const int Alignment = 4096;

    private readonly List<(WeightTensor Tensor, long Offset)> _tensors = [];

    /// <summary>Length of the file.</summary>
    public long ByteLength { get; private set; }

    /// <summary>What is written into it: its length without the gaps between tensors.</summary>
    public long TensorBytes => _tensors.Sum(entry => entry.Tensor.ByteLength);

    /// <summary>Gives a tensor its place.</summary>
    /// <returns>Its first byte.</returns>
    public long Add(WeightTensor tensor)
    {
        var offset = (ByteLength + Alignment - 1) / Alignment * Alignment;
        _tensors.Add((tensor, offset));
        ByteLength = checked(offset + tensor.ByteLength);
        return offset;
    }

    /// <summary>Writes the file and brings it to the disk.</summary>
    /// <param name="path">A file that does not exist yet.</param>
    /// <param name="source">Where the weights come from.</param>
    /// <param name="written">Told how many bytes were written since the last call.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="IOException">There is no room: the file is allocated before it is mapped, so that writing cannot fault.</exception>
    public unsafe void Write(string path, ITensorSource source, Action<long> written, CancellationToken cancellationToken)
    {
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, PreallocationSize = ByteLength, BufferSize = 0,
        });
        file.SetLength(ByteLength);
        using (var mapped = MemoryMappedFile.CreateFromFile(file, null, ByteLength, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true))
        using (var view = mapped.CreateViewAccessor(0, ByteLength))
        {
            byte* start = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            try
            {
                foreach (var (tensor, offset) in _tensors)
                {
                    tensor.Fill(source, new NativeBytes(start + view.PointerOffset + offset, tensor.ByteLength), written, cancellationToken);
                }
            }
            finally
            {
                view.SafeMemoryMappedViewHandle.ReleasePointer();
            }

            view.Flush();
        }

        file.Flush(flushToDisk: true);
    }
}
