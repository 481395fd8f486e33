namespace Orleans.Serialization.Codecs;

internal sealed class ValueTupleCodec<T1> : Codec<ValueTuple<T1>>
{
    public override bool IsImmutable => CodecOf<T1>.Default.IsImmutable;

    public override void Write(WireWriter writer, ValueTuple<T1> value)
    {
        CodecOf<T1>.Default.Write(writer, value.Item1);
    }

    public override ValueTuple<T1> Read(ref WireReader reader) =>
        new(CodecOf<T1>.Default.Read(ref reader));

    public override ValueTuple<T1> Copy(ValueTuple<T1> value) =>
        IsImmutable ? value : new(DeepCopier.Copy(value.Item1));
}

internal sealed class ValueTupleCodec<T1, T2> : Codec<ValueTuple<T1, T2>>
{
    public override bool IsImmutable => CodecOf<T1>.Default.IsImmutable && CodecOf<T2>.Default.IsImmutable;

    public override void Write(WireWriter writer, ValueTuple<T1, T2> value)
    {
        CodecOf<T1>.Default.Write(writer, value.Item1);
        CodecOf<T2>.Default.Write(writer, value.Item2);
    }

    public override ValueTuple<T1, T2> Read(ref WireReader reader) =>
        new(CodecOf<T1>.Default.Read(ref reader), CodecOf<T2>.Default.Read(ref reader));

    public override ValueTuple<T1, T2> Copy(ValueTuple<T1, T2> value) =>
        IsImmutable ? value : new(DeepCopier.Copy(value.Item1), DeepCopier.Copy(value.Item2));
}

internal sealed class ValueTupleCodec<T1, T2, T3> : Codec<ValueTuple<T1, T2, T3>>
{
    public override bool IsImmutable => CodecOf<T1>.Default.IsImmutable && CodecOf<T2>.Default.IsImmutable && CodecOf<T3>.Default.IsImmutable;

    public override void Write(WireWriter writer, ValueTuple<T1, T2, T3> value)
    {
        CodecOf<T1>.Default.Write(writer, value.Item1);
        CodecOf<T2>.Default.Write(writer, value.Item2);
        CodecOf<T3>.Default.Write(writer, value.Item3);
    }

    public override ValueTuple<T1, T2, T3> Read(ref WireReader reader) =>
        new(CodecOf<T1>.Default.Read(ref reader), CodecOf<T2>.Default.Read(ref reader), CodecOf<T3>.Default.Read(ref reader));

    public override ValueTuple<T1, T2, T3> Copy(ValueTuple<T1, T2, T3> value) =>
        IsImmutable ? value : new(DeepCopier.Copy(value.Item1), DeepCopier.Copy(value.Item2), DeepCopier.Copy(value.Item3));
}

internal sealed class ValueTupleCodec<T1, T2, T3, T4> : Codec<ValueTuple<T1, T2, T3, T4>>
{
    public override bool IsImmutable => CodecOf<T1>.Default.IsImmutable && CodecOf<T2>.Default.IsImmutable && CodecOf<T3>.Default.IsImmutable && CodecOf<T4>.Default.IsImmutable;

    public override void Write(WireWriter writer, ValueTuple<T1, T2, T3, T4> value)
    {
        CodecOf<T1>.Default.Write(writer, value.Item1);
        CodecOf<T2>.Default.Write(writer, value.Item2);
        CodecOf<T3>.Default.Write(writer, value.Item3);
        CodecOf<T4>.Default.Write(writer, value.Item4);
    }

    public override ValueTuple<T1, T2, T3, T4> Read(ref WireReader reader) =>
        new(CodecOf<T1>.Default.Read(ref reader), CodecOf<T2>.Default.Read(ref reader), CodecOf<T3>.Default.Read(ref reader), CodecOf<T4>.Default.Read(ref reader));

    public override ValueTuple<T1, T2, T3, T4> Copy(ValueTuple<T1, T2, T3, T4> value) =>
        IsImmutable ? value : new(DeepCopier.Copy(value.Item1), DeepCopier.Copy(value.Item2), DeepCopier.Copy(value.Item3), DeepCopier.Copy(value.Item4));
}

internal sealed class ValueTupleCodec<T1, T2, T3, T4, T5> : Codec<ValueTuple<T1, T2, T3, T4, T5>>
{
    public override bool IsImmutable => CodecOf<T1>.Default.IsImmutable && CodecOf<T2>.Default.IsImmutable && CodecOf<T3>.Default.IsImmutable && CodecOf<T4>.Default.IsImmutable && CodecOf<T5>.Default.IsImmutable;

    public override void Write(WireWriter writer, ValueTuple<T1, T2, T3, T4, T5> value)
    {
        CodecOf<T1>.Default.Write(writer, value.Item1);
        CodecOf<T2>.Default.Write(writer, value.Item2);
        CodecOf<T3>.Default.Write(writer, value.Item3);
        CodecOf<T4>.Default.Write(writer, value.Item4);
        CodecOf<T5>.Default.Write(writer, value.Item5);
    }

    public override ValueTuple<T1, T2, T3, T4, T5> Read(ref WireReader reader) =>
        new(CodecOf<T1>.Default.Read(ref reader), CodecOf<T2>.Default.Read(ref reader), CodecOf<T3>.Default.Read(ref reader), CodecOf<T4>.Default.Read(ref reader), CodecOf<T5>.Default.Read(ref reader));

    public override ValueTuple<T1, T2, T3, T4, T5> Copy(ValueTuple<T1, T2, T3, T4, T5> value) =>
        IsImmutable ? value : new(DeepCopier.Copy(value.Item1), DeepCopier.Copy(value.Item2), DeepCopier.Copy(value.Item3), DeepCopier.Copy(value.Item4), DeepCopier.Copy(value.Item5));
}

internal sealed class ValueTupleCodec<T1, T2, T3, T4, T5, T6> : Codec<ValueTuple<T1, T2, T3, T4, T5, T6>>
{
    public override bool IsImmutable => CodecOf<T1>.Default.IsImmutable && CodecOf<T2>.Default.IsImmutable && CodecOf<T3>.Default.IsImmutable && CodecOf<T4>.Default.IsImmutable && CodecOf<T5>.Default.IsImmutable && CodecOf<T6>.Default.IsImmutable;

    public override void Write(WireWriter writer, ValueTuple<T1, T2, T3, T4, T5, T6> value)
    {
        CodecOf<T1>.Default.Write(writer, value.Item1);
        CodecOf<T2>.Default.Write(writer, value.Item2);
        CodecOf<T3>.Default.Write(writer, value.Item3);
        CodecOf<T4>.Default.Write(writer, value.Item4);
        CodecOf<T5>.Default.Write(writer, value.Item5);
        CodecOf<T6>.Default.Write(writer, value.Item6);
    }

    public override ValueTuple<T1, T2, T3, T4, T5, T6> Read(ref WireReader reader) =>
        new(CodecOf<T1>.Default.Read(ref reader), CodecOf<T2>.Default.Read(ref reader), CodecOf<T3>.Default.Read(ref reader), CodecOf<T4>.Default.Read(ref reader), CodecOf<T5>.Default.Read(ref reader), CodecOf<T6>.Default.Read(ref reader));

    public override ValueTuple<T1, T2, T3, T4, T5, T6> Copy(ValueTuple<T1, T2, T3, T4, T5, T6> value) =>
        IsImmutable ? value : new(DeepCopier.Copy(value.Item1), DeepCopier.Copy(value.Item2), DeepCopier.Copy(value.Item3), DeepCopier.Copy(value.Item4), DeepCopier.Copy(value.Item5), DeepCopier.Copy(value.Item6));
}

internal sealed class ValueTupleCodec<T1, T2, T3, T4, T5, T6, T7> : Codec<ValueTuple<T1, T2, T3, T4, T5, T6, T7>>
{
    public override bool IsImmutable => CodecOf<T1>.Default.IsImmutable && CodecOf<T2>.Default.IsImmutable && CodecOf<T3>.Default.IsImmutable && CodecOf<T4>.Default.IsImmutable && CodecOf<T5>.Default.IsImmutable && CodecOf<T6>.Default.IsImmutable && CodecOf<T7>.Default.IsImmutable;

    public override void Write(WireWriter writer, ValueTuple<T1, T2, T3, T4, T5, T6, T7> value)
    {
        CodecOf<T1>.Default.Write(writer, value.Item1);
        CodecOf<T2>.Default.Write(writer, value.Item2);
        CodecOf<T3>.Default.Write(writer, value.Item3);
        CodecOf<T4>.Default.Write(writer, value.Item4);
        CodecOf<T5>.Default.Write(writer, value.Item5);
        CodecOf<T6>.Default.Write(writer, value.Item6);
        CodecOf<T7>.Default.Write(writer, value.Item7);
    }

    public override ValueTuple<T1, T2, T3, T4, T5, T6, T7> Read(ref WireReader reader) =>
        new(CodecOf<T1>.Default.Read(ref reader), CodecOf<T2>.Default.Read(ref reader), CodecOf<T3>.Default.Read(ref reader), CodecOf<T4>.Default.Read(ref reader), CodecOf<T5>.Default.Read(ref reader), CodecOf<T6>.Default.Read(ref reader), CodecOf<T7>.Default.Read(ref reader));

    public override ValueTuple<T1, T2, T3, T4, T5, T6, T7> Copy(ValueTuple<T1, T2, T3, T4, T5, T6, T7> value) =>
        IsImmutable ? value : new(DeepCopier.Copy(value.Item1), DeepCopier.Copy(value.Item2), DeepCopier.Copy(value.Item3), DeepCopier.Copy(value.Item4), DeepCopier.Copy(value.Item5), DeepCopier.Copy(value.Item6), DeepCopier.Copy(value.Item7));
}

internal sealed class TupleCodec<T1, T2> : ReferenceCodec<Tuple<T1, T2>>
{
    protected override void WriteBody(WireWriter writer, Tuple<T1, T2> value)
    {
        CodecOf<T1>.Default.Write(writer, value.Item1);
        CodecOf<T2>.Default.Write(writer, value.Item2);
    }

    protected override Tuple<T1, T2> ReadBody(ref WireReader reader) =>
        new(CodecOf<T1>.Default.Read(ref reader), CodecOf<T2>.Default.Read(ref reader));

    protected override Tuple<T1, T2> CopyBody(Tuple<T1, T2> value) =>
        new(DeepCopier.Copy(value.Item1), DeepCopier.Copy(value.Item2));
}

internal sealed class TupleCodec<T1, T2, T3> : ReferenceCodec<Tuple<T1, T2, T3>>
{
    protected override void WriteBody(WireWriter writer, Tuple<T1, T2, T3> value)
    {
        CodecOf<T1>.Default.Write(writer, value.Item1);
        CodecOf<T2>.Default.Write(writer, value.Item2);
        CodecOf<T3>.Default.Write(writer, value.Item3);
    }

    protected override Tuple<T1, T2, T3> ReadBody(ref WireReader reader) =>
        new(CodecOf<T1>.Default.Read(ref reader), CodecOf<T2>.Default.Read(ref reader), CodecOf<T3>.Default.Read(ref reader));

    protected override Tuple<T1, T2, T3> CopyBody(Tuple<T1, T2, T3> value) =>
        new(DeepCopier.Copy(value.Item1), DeepCopier.Copy(value.Item2), DeepCopier.Copy(value.Item3));
}
