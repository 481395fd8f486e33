using System.Text;

namespace Granary.Engine.Execution.Cuda;

/// <summary>
/// The first visible GPU: its primary context, which ONNX Runtime shares, and the one stream on which everything of an
/// engine runs in order. Belongs to the thread that opened it.
/// </summary>
internal sealed unsafe class CudaDevice : IDisposable
{
    private CudaDevice(string name, nint stream)
    {
        Name = name;
        Stream = stream;
    }

    /// <summary>What the driver calls the GPU.</summary>
    public string Name { get; }

    /// <summary>The stream, as a CUstream.</summary>
    public nint Stream { get; }

    /// <summary>Bytes of device memory that nobody uses.</summary>
    public static long FreeBytes
    {
        get
        {
            CudaDriver.Check(CudaDriver.MemGetInfo(out nuint free, out _), "cuMemGetInfo");
            return (long)free;
        }
    }

    /// <summary>Opens the GPU for this thread.</summary>
    /// <exception cref="CudaException">There is no driver or no GPU.</exception>
    public static CudaDevice Open() => new(NameOf(Enter()), CudaStreams.Take());

    /// <summary>What the GPU is called, its memory and what is free of it, in bytes.</summary>
    /// <exception cref="CudaException">There is no driver or no GPU.</exception>
    public static (string Name, long Bytes, long FreeBytes) Ask()
    {
        int device = Enter();
        CudaDriver.Check(CudaDriver.MemGetInfo(out nuint free, out nuint total), "cuMemGetInfo");
        return (NameOf(device), (long)total, (long)free);
    }

    /// <summary>Makes the first GPU's context this thread's.</summary>
    private static int Enter()
    {
        int count;
        try
        {
            CudaDriver.Check(CudaDriver.Init(0), "cuInit");
            CudaDriver.Check(CudaDriver.DeviceGetCount(out count), "cuDeviceGetCount");
        }
        catch (DllNotFoundException e)
        {
            throw new CudaException(
                $"Device 'cuda' needs NVIDIA's driver, whose {CudaDriver.Library} was not found. Install it, or set Granary:Engine:Device to 'cpu'.", e);
        }

        if (count == 0)
        {
            throw new CudaException("Device 'cuda' needs a GPU, and the driver shows none. Check nvidia-smi and CUDA_VISIBLE_DEVICES, or set Granary:Engine:Device to 'cpu'.");
        }

        CudaDriver.Check(CudaDriver.DeviceGet(out int device, 0), "cuDeviceGet");

        // Never released: its streams are kept.
        CudaDriver.Check(CudaDriver.DevicePrimaryCtxRetain(out nint context, device), "cuDevicePrimaryCtxRetain");
        CudaDriver.Check(CudaDriver.CtxSetCurrent(context), "cuCtxSetCurrent");
        return device;
    }

    /// <summary>Copies bytes, to or from device or host memory, after everything that the stream was given before.</summary>
    public void Copy(nint to, nint from, long bytes) => CudaDriver.Check(CudaDriver.MemcpyAsync(to, from, (nuint)bytes, Stream), "cuMemcpyAsync");

    /// <summary>Copies pieces, likewise.</summary>
    public void Copy(in CudaCopy3D copy) => CudaDriver.Check(CudaDriver.Memcpy3DAsync(copy, Stream), "cuMemcpy3DAsync");

    /// <summary>Waits until the stream has done everything.</summary>
    public void Synchronize() => CudaDriver.Check(CudaDriver.StreamSynchronize(Stream), "cuStreamSynchronize");

    /// <summary>Gives the stream back, once it has done everything.</summary>
    public void Dispose()
    {
        Synchronize();
        CudaStreams.Return(Stream);
    }

    private static string NameOf(int device)
    {
        Span<byte> name = stackalloc byte[256];
        fixed (byte* first = name)
        {
            CudaDriver.Check(CudaDriver.DeviceGetName(first, name.Length, device), "cuDeviceGetName");
        }

        return Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]);
    }
}
