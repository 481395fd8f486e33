using System.Net;

namespace Orleans.Serialization.Codecs;

internal sealed class UriCodec() : ImmutableCodec<Uri?>(WireKind.Bytes)
{
    public override void Write(WireWriter writer, Uri? value) => writer.WriteString(value?.OriginalString);

    public override Uri? Read(ref WireReader reader) => reader.ReadString() is { } text ? new Uri(text, UriKind.RelativeOrAbsolute) : null;
}

internal sealed class VersionCodec() : ImmutableCodec<Version?>(WireKind.Bytes)
{
    public override void Write(WireWriter writer, Version? value) => writer.WriteString(value?.ToString());

    public override Version? Read(ref WireReader reader) => reader.ReadString() is { } text ? Version.Parse(text) : null;
}

internal sealed class IPAddressCodec() : ImmutableCodec<IPAddress?>(WireKind.Bytes)
{
    public override void Write(WireWriter writer, IPAddress? value)
    {
        if (value is null)
        {
            writer.WriteByte(0);
            return;
        }

        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, out var written);
        writer.WriteBytes(bytes[..written]);
    }

    public override IPAddress? Read(ref WireReader reader)
    {
        var bytes = reader.ReadBytes(out var isNull);
        return isNull ? null : new IPAddress(bytes);
    }
}

internal sealed class IPEndPointCodec : ReferenceCodec<IPEndPoint>
{
    public override bool IsImmutable => true;

    protected override void WriteBody(WireWriter writer, IPEndPoint value)
    {
        CodecOf<IPAddress>.Default.Write(writer, value.Address);
        writer.WriteVarUInt((ulong)value.Port);
    }

    protected override IPEndPoint ReadBody(ref WireReader reader) =>
        new(CodecOf<IPAddress>.Default.Read(ref reader), (int)reader.ReadVarUInt(ushort.MaxValue));

    protected override IPEndPoint CopyBody(IPEndPoint value) => value;
}

internal sealed class SiloAddressCodec : ReferenceCodec<SiloAddress>
{
    public override bool IsImmutable => true;

    protected override void WriteBody(WireWriter writer, SiloAddress value)
    {
        CodecOf<IPEndPoint>.Default.Write(writer, value.Endpoint);
        writer.WriteVarInt(value.Generation);
    }

    protected override SiloAddress ReadBody(ref WireReader reader) =>
        SiloAddress.New(CodecOf<IPEndPoint>.Default.Read(ref reader), (int)reader.ReadVarInt(int.MinValue, int.MaxValue));

    protected override SiloAddress CopyBody(SiloAddress value) => value;
}

internal sealed class IdSpanCodec() : ImmutableCodec<IdSpan>(WireKind.Bytes)
{
    public override void Write(WireWriter writer, IdSpan value) => writer.WriteString(value.IsDefault ? null : value.ToString());

    public override IdSpan Read(ref WireReader reader) => reader.ReadString() is { } text ? IdSpan.Create(text) : default;
}

internal sealed class GrainTypeCodec() : ImmutableCodec<GrainType>(WireKind.Bytes)
{
    public override void Write(WireWriter writer, GrainType value) => writer.WriteString(value.IsDefault ? null : value.ToString());

    public override GrainType Read(ref WireReader reader) => reader.ReadString() is { } text ? GrainType.Create(text) : default;
}

internal sealed class GrainIdCodec() : ImmutableCodec<GrainId>(WireKind.Block)
{
    public override void Write(WireWriter writer, GrainId value)
    {
        CodecOf<GrainType>.Default.Write(writer, value.Type);
        CodecOf<IdSpan>.Default.Write(writer, value.Key);
    }

    public override GrainId Read(ref WireReader reader) =>
        new(CodecOf<GrainType>.Default.Read(ref reader), CodecOf<IdSpan>.Default.Read(ref reader));
}
