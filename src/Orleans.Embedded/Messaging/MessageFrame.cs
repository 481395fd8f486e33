using System.Buffers;
using System.Buffers.Binary;
using Orleans.Configuration;

namespace Orleans.Runtime.Messaging;

/// <summary>A message on the wire: the lengths of header and body, 4 bytes each, little-endian; then both.</summary>
internal static class MessageFrame
{
    public const int PrefixBytes = 8;

    private const byte HasSource = 1;
    private const byte HasContext = 2;
    private const byte HasReentrancy = 4;
    private const byte HasOrigin = 8;
    private const byte IsNewPlacement = 16;

    /// <summary>Appends a message that the peer knows to come from <paramref name="local"/> unless it says otherwise.</summary>
    public static void Write(ArrayBufferWriter<byte> output, WireWriter header, Message message, SiloAddress local)
    {
        header.Clear();
        WriteHeader(header, message, local);
        var body = message.Payload is null ? default : message.Payload.WrittenSpan;
        var prefix = output.GetSpan(PrefixBytes);
        BinaryPrimitives.WriteInt32LittleEndian(prefix, header.Length);
        BinaryPrimitives.WriteInt32LittleEndian(prefix[4..], body.Length);
        output.Advance(PrefixBytes);
        output.Write(header.WrittenSpan);
        output.Write(body);
    }

    /// <summary>Reads the lengths; false when they have not arrived yet.</summary>
    /// <exception cref="InvalidDataException">A length is over its limit.</exception>
    public static bool TryReadPrefix(in ReadOnlySequence<byte> input, SiloMessagingOptions limits, out int headerBytes, out int bodyBytes)
    {
        headerBytes = bodyBytes = 0;
        if (input.Length < PrefixBytes)
        {
            return false;
        }

        Span<byte> prefix = stackalloc byte[PrefixBytes];
        input.Slice(0, PrefixBytes).CopyTo(prefix);
        headerBytes = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        bodyBytes = BinaryPrimitives.ReadInt32LittleEndian(prefix[4..]);
        if ((uint)headerBytes > limits.MaxMessageHeaderSize || (uint)bodyBytes > limits.MaxMessageBodySize)
        {
            throw new InvalidDataException($"A peer sent a frame of {headerBytes} + {bodyBytes} bytes; {limits.MaxMessageHeaderSize} + {limits.MaxMessageBodySize} are allowed.");
        }

        return true;
    }

    /// <summary>Reads a header.</summary>
    public static Message ReadHeader(ReadOnlySpan<byte> header, SiloAddress peer)
    {
        var reader = new WireReader(header);
        var kind = (MessageKind)reader.ReadVarUInt();
        if (kind is < MessageKind.Request or > MessageKind.Forwarded)
        {
            throw new InvalidDataException($"A peer sent a message of the unknown kind {kind}.");
        }

        var id = (long)reader.ReadUInt64();
        if (kind is not (MessageKind.Request or MessageKind.OneWay or MessageKind.Cancel))
        {
            return new() { Kind = kind, Id = id, Origin = peer };
        }

        var flags = (byte)reader.ReadVarUInt();
        var target = ReadGrainId(ref reader);
        var origin = (flags & HasOrigin) != 0 ? SiloAddress.Parse(reader.Read<string>()) : peer;
        if (kind == MessageKind.Cancel)
        {
            return new() { Kind = kind, Id = id, Origin = origin, Target = target };
        }

        var methodId = reader.ReadUInt64();
        var timeToLive = (int)reader.ReadVarUInt();
        return new()
        {
            Kind = kind,
            Id = id,
            Origin = origin,
            Target = target,
            Method = TypeRegistry.Instance.FindMethod(methodId),
            TimeToLive = timeToLive,
            Expires = timeToLive == 0 ? 0 : Environment.TickCount64 + timeToLive,
            Forwards = (int)reader.ReadVarUInt(),
            IsNewPlacement = (flags & IsNewPlacement) != 0,
            Source = (flags & HasSource) != 0 ? ReadGrainId(ref reader) : default,
            Context = (flags & HasContext) != 0 ? reader.Read<Dictionary<string, object>>() : null,
            Reentrancy = (flags & HasReentrancy) != 0 ? reader.Read<Guid>() : default,
        };
    }

    private static void WriteHeader(WireWriter writer, Message message, SiloAddress local)
    {
        writer.WriteVarUInt((ulong)message.Kind);
        writer.WriteUInt64((ulong)message.Id);
        if (message.Kind is not (MessageKind.Request or MessageKind.OneWay or MessageKind.Cancel))
        {
            return;
        }

        var hasOrigin = !message.Origin.Equals(local);
        writer.WriteVarUInt((ulong)((message.Source.IsDefault ? 0 : HasSource)
            | (message.Context is null ? 0 : HasContext)
            | (message.Reentrancy == Guid.Empty ? 0 : HasReentrancy)
            | (hasOrigin ? HasOrigin : 0)
            | (message.IsNewPlacement ? IsNewPlacement : 0)));
        WriteGrainId(writer, message.Target);
        if (hasOrigin)
        {
            writer.Write(message.Origin.ToParsableString());
        }

        if (message.Kind == MessageKind.Cancel)
        {
            return;
        }

        writer.WriteUInt64(message.Method!.Id);
        writer.WriteVarUInt(message.Expires == 0 ? 0 : (ulong)Math.Max(1, message.Expires - Environment.TickCount64));
        writer.WriteVarUInt((ulong)message.Forwards);
        if (!message.Source.IsDefault)
        {
            WriteGrainId(writer, message.Source);
        }

        if (message.Context is not null)
        {
            writer.Write(message.Context);
        }

        if (message.Reentrancy != Guid.Empty)
        {
            writer.Write(message.Reentrancy);
        }
    }

    private static void WriteGrainId(WireWriter writer, GrainId id)
    {
        writer.Write(id.Type.ToString());
        writer.Write(id.Key.ToString());
    }

    private static GrainId ReadGrainId(ref WireReader reader) => GrainId.Create(reader.Read<string>(), reader.Read<string>());
}
