namespace Orleans.Serialization.Codecs;

/// <summary>Grain references, as any interface that a proxy may be passed as: the id of the interface and the grain's id.</summary>
internal sealed class GrainReferenceCodec<T> : Codec<T>
    where T : class
{
    public override void Write(WireWriter writer, T value)
    {
        if (value is null)
        {
            writer.WriteByte(0);
            return;
        }

        var reference = AsReference(value);
        writer.WriteByte(1);
        writer.WriteUInt64(reference.Interface.Id);
        CodecOf<GrainId>.Default.Write(writer, reference.GrainId);
    }

    public override T Read(ref WireReader reader)
    {
        if (reader.ReadVarUInt(1) == 0)
        {
            return null!;
        }

        var id = reader.ReadUInt64();
        var grain = CodecOf<GrainId>.Default.Read(ref reader);
        var sender = reader.Sender ?? throw new SerializerException($"A reference to {grain} was read where no grain calls can be made.");
        if (TypeRegistry.Instance.TryGetInterface(id, out var found) && found.CreateReference(grain, sender) is T reference)
        {
            return reference;
        }

        // The sender knows the grain by an interface that this process lacks, or that is wider than what is declared here.
        return TypeRegistry.Instance.TryGetInterface(typeof(T), out found)
            ? (T)(object)found.CreateReference(grain, sender)
            : throw new SerializerException($"A reference to {grain} is no {typeof(T)}.");
    }

    public override T Copy(T value)
    {
        if (value is null or GrainReference)
        {
            return value!;
        }

        var reference = AsReference(value);
        return reference as T ?? (T)(object)TypeRegistry.Instance.GetInterface(typeof(T)).CreateReference(reference.GrainId, reference.Sender);
    }

    // A grain that passes itself means a reference to itself.
    private static GrainReference AsReference(T value) => value switch
    {
        GrainReference reference => reference,
        IGrainBase grain => grain.GrainContext.GrainReference,
        _ => throw new SerializerException($"{value.GetType()} is passed as {typeof(T)}: pass a reference (this.AsReference<T>(), or IGrainFactory.CreateObjectReference for an observer)."),
    };
}
