namespace Orleans.Serialization;

/// <summary>Stands for an exception whose type this process does not know.</summary>
public sealed class UnavailableExceptionFallbackException : Exception
{
    /// <summary>Creates the exception.</summary>
    public UnavailableExceptionFallbackException()
    {
    }

    /// <summary>Creates the exception.</summary>
    public UnavailableExceptionFallbackException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    public UnavailableExceptionFallbackException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The full name of the original type.</summary>
    public string ExceptionType { get; internal set; } = "";

    /// <inheritdoc/>
    public override string ToString() => $"(originally {ExceptionType}) {base.ToString()}";
}
