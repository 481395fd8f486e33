namespace Orleans.Serialization;

/// <summary>Bytes that are not what the reader expects, or a value that has no codec.</summary>
public class SerializerException : Exception
{
    /// <summary>Creates the exception.</summary>
    public SerializerException()
    {
    }

    /// <summary>Creates the exception.</summary>
    public SerializerException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    public SerializerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
