namespace Granary.Engine.Tests.Kv.Transfer;

/// <summary>Fails once so many bytes are written.</summary>
internal sealed class BrokenStream(int failAfter) : MemoryStream
{
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        Length > failAfter ? throw new IOException("broken") : base.WriteAsync(buffer, cancellationToken);
}
