namespace Orleans.Embedded.Tests.Serialization;

public sealed class MalformedTests
{
    [Fact]
    public void Read_truncated_bytes_throws()
    {
        var bytes = Wire.Encode(Everything.Filled());

        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<SerializerException>(() => Wire.Decode<Everything>(bytes.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Read_corrupted_bytes_throws_nothing_else_and_allocates_little()
    {
        var bytes = Wire.Encode(Everything.Filled());
        var random = new Random(1);
        var refused = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        const int Rounds = 3_000;

        for (var round = 0; round < Rounds; round++)
        {
            var broken = bytes.ToArray();
            for (var i = random.Next(1, 5); i > 0; i--)
            {
                broken[random.Next(broken.Length)] = (byte)random.Next(256);
            }

            try
            {
                var reader = new WireReader(broken);
                reader.Read<Everything>();
            }
            catch (SerializerException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, Rounds / 10, Rounds);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Rounds, 0, 100_000);
    }

    [Fact]
    public void Read_unregistered_type_id_throws()
    {
        using var writer = new WireWriter();
        writer.WriteByte(2);
        writer.WriteUInt64(0xdeadbeef);

        var error = Assert.Throws<SerializerException>(() => Wire.Decode<object>(writer.WrittenSpan));

        Assert.Contains("not registered", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_registered_type_of_other_family_throws()
    {
        var bytes = Wire.Encode<object>(new List<int> { 1 });

        Assert.Throws<SerializerException>(() => Wire.Decode<Shape>(bytes));
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0x0f })]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 })]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff })]
    public void Read_absurd_length_throws_before_allocating(byte[] bytes)
    {
        Assert.Throws<SerializerException>(() => Wire.Decode<ReadOnlyMemory<long>>(bytes));
        Assert.Throws<SerializerException>(() => Wire.Decode<ReadOnlyMemory<string>>(bytes));
        Assert.Throws<SerializerException>(() => Wire.Decode<string>(bytes));
    }

    [Fact]
    public void Write_and_copy_object_that_refers_to_itself_throw()
    {
        var loop = new Everything();
        loop.Inner = loop;

        Assert.Throws<SerializerException>(() => Wire.Encode(loop));
        Assert.Throws<SerializerException>(() => DeepCopier.Copy(loop));
    }
}
