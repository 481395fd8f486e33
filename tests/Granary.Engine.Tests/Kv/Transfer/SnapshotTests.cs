using Granary.Engine.Kv.Transfer;
using Granary.Models;

namespace Granary.Engine.Tests.Kv.Transfer;

public sealed class SnapshotTests
{
    private static readonly SequenceSnapshot Snapshot = new()
    {
        Fingerprint = "f",
        KvIdentity = "k",
        Request = new EngineRequest
        {
            RequestId = "r",
            Prompt = new[] { 1, 2 },
            Sampling = new SamplingParameters
            {
                Temperature = 0.7f,
                Seed = long.MaxValue,
                Stop = ["\n", "é"],
                LogitBias = [new TokenBias(3, -1.5f)],
                Constraint = new OutputConstraint { Kind = ConstraintKind.Choice, Choices = ["a", "b"] },
            },
            Tenant = "t",
            TenantWeight = 0.25,
            Priority = -3,
            CacheSalt = "s",
        },
        Output = [3],
        CachedTokens = 1,
        ComputedTokens = 2,
        IsLast = true,
    };

    [Fact]
    public async Task Read_gives_what_was_written()
    {
        byte[] bytes = await WriteAsync();
        var reader = new SnapshotReader(new MemoryStream(bytes));
        SequenceSnapshot read = await reader.ReadAsync(CancellationToken.None);
        Assert.Equal(Snapshot.Request.Prompt.ToArray(), read.Request.Prompt.ToArray());
        Assert.Equivalent(Snapshot with { Request = Snapshot.Request with { Prompt = default } }, read with { Request = read.Request with { Prompt = default } }, strict: true);
        Assert.Equal("[16, 1, 2, 3]", await PartAsync(reader));
        Assert.Equal("[5, 4, 5]", await PartAsync(reader));
        Assert.Equal(0, (await reader.ReadPartAsync(CancellationToken.None)).Tokens);
    }

    [Fact]
    public async Task Read_torn_anywhere_is_refused()
    {
        byte[] bytes = await WriteAsync();
        for (int length = 0; length < bytes.Length; length++)
        {
            await Assert.ThrowsAsync<InvalidDataException>(() => ReadAllAsync(bytes[..length]));
        }
    }

    [Fact]
    public async Task Read_any_flipped_bit_is_refused()
    {
        byte[] bytes = await WriteAsync();
        for (int bit = 0; bit < 8 * bytes.Length; bit++)
        {
            byte[] bad = [.. bytes];
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            await Assert.ThrowsAsync<InvalidDataException>(() => ReadAllAsync(bad));
        }
    }

    private static async Task<byte[]> WriteAsync()
    {
        var stream = new MemoryStream();
        var writer = new SnapshotWriter(stream);
        await writer.WriteAsync(Snapshot, CancellationToken.None);
        await writer.WritePartAsync(16, new byte[] { 1, 2, 3 }, CancellationToken.None);
        await writer.WritePartAsync(5, new byte[] { 4, 5 }, CancellationToken.None);
        await writer.WriteEndAsync(CancellationToken.None);
        return stream.ToArray();
    }

    private static async Task ReadAllAsync(byte[] bytes)
    {
        var reader = new SnapshotReader(new MemoryStream(bytes));
        await reader.ReadAsync(CancellationToken.None);
        while ((await reader.ReadPartAsync(CancellationToken.None)).Tokens > 0)
        {
        }
    }

    private static async Task<string> PartAsync(SnapshotReader reader)
    {
        (int tokens, ReadOnlyMemory<byte> kv) = await reader.ReadPartAsync(CancellationToken.None);
        return $"[{tokens}, {string.Join(", ", kv.ToArray())}]";
    }
}
