namespace Granary.Engine.Execution.Cuda;

/// <summary>Zeroed device memory.</summary>
internal sealed class DeviceBuffer : IDisposable
{
    /// <exception cref="CudaException">There is not enough of it.</exception>
    public DeviceBuffer(CudaDevice device, long bytes)
    {
        Bytes = bytes;
        CudaDriver.Check(CudaDriver.MemAlloc(out nint address, (nuint)bytes), $"Allocating {bytes:N0} bytes of device memory");
        Address = address;
        CudaDriver.Check(CudaDriver.MemsetAsync(address, 0, (nuint)bytes, device.Stream), "cuMemsetD8Async");
    }

    public long Bytes { get; }

    /// <summary>The first byte, valid on the device alone.</summary>
    public nint Address { get; }

    public void Dispose() => CudaDriver.Check(CudaDriver.MemFree(Address), "cuMemFree");
}
