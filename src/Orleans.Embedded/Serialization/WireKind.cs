namespace Orleans.Serialization;

/// <summary>How the bytes of a member end, so that a reader that does not know the member can pass over it.</summary>
public enum WireKind
{
    /// <summary>Not a member: the end of an object's members.</summary>
    End = 0,

    /// <summary>1–10 bytes, 7 bits each.</summary>
    VarInt = 1,

    /// <summary>4 bytes.</summary>
    Fixed4 = 2,

    /// <summary>8 bytes.</summary>
    Fixed8 = 3,

    /// <summary>16 bytes.</summary>
    Fixed16 = 4,

    /// <summary>A variable-length number, one more than the number of bytes that follow; 0 is null.</summary>
    Bytes = 5,

    /// <summary>4 bytes of length, then what the codec wrote.</summary>
    Block = 6,

    /// <summary>Nothing: the member is null.</summary>
    Null = 7,
}
