namespace Orleans.Serialization.Codecs;

internal sealed class DateTimeCodec() : ImmutableCodec<DateTime>(WireKind.Fixed8)
{
    public override void Write(WireWriter writer, DateTime value) => writer.WriteUInt64((ulong)value.ToBinary());

    public override DateTime Read(ref WireReader reader) => DateTime.FromBinary((long)reader.ReadUInt64());
}

internal sealed class DateTimeOffsetCodec() : ImmutableCodec<DateTimeOffset>(WireKind.Fixed16)
{
    public override void Write(WireWriter writer, DateTimeOffset value)
    {
        writer.WriteUInt64((ulong)value.Ticks);
        writer.WriteUInt64((ulong)value.Offset.Ticks);
    }

    public override DateTimeOffset Read(ref WireReader reader) =>
        new((long)reader.ReadUInt64(), TimeSpan.FromTicks((long)reader.ReadUInt64()));
}

internal sealed class TimeSpanCodec() : ImmutableCodec<TimeSpan>(WireKind.VarInt)
{
    public override void Write(WireWriter writer, TimeSpan value) => writer.WriteVarInt(value.Ticks);

    public override TimeSpan Read(ref WireReader reader) => TimeSpan.FromTicks(reader.ReadVarInt());
}

internal sealed class DateOnlyCodec() : ImmutableCodec<DateOnly>(WireKind.VarInt)
{
    public override void Write(WireWriter writer, DateOnly value) => writer.WriteVarInt(value.DayNumber);

    public override DateOnly Read(ref WireReader reader) => DateOnly.FromDayNumber((int)reader.ReadVarInt(0, DateOnly.MaxValue.DayNumber));
}

internal sealed class TimeOnlyCodec() : ImmutableCodec<TimeOnly>(WireKind.VarInt)
{
    public override void Write(WireWriter writer, TimeOnly value) => writer.WriteVarInt(value.Ticks);

    public override TimeOnly Read(ref WireReader reader) => new(reader.ReadVarInt(0, TimeOnly.MaxValue.Ticks));
}
