namespace Orleans.Serialization;

/// <summary>The members that one type of a hierarchy declares; a derived type's codec calls its base's first.</summary>
public interface IFieldCodec<T>
{
    /// <summary>Writes the members and an end mark.</summary>
    void WriteFields(WireWriter writer, T value);

    /// <summary>Reads the members into the value.</summary>
    void ReadFields(ref WireReader reader, ref T value);

    /// <summary>Deep-copies the members into the value.</summary>
    void CopyFields(T from, ref T to);
}
