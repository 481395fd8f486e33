namespace Granary.Errors;

/// <summary>A refusal with a stable code and a message that says what to do. Crosses silos with both intact.</summary>
[GenerateSerializer, Alias("granary.error")]
public sealed class GranaryException : Exception
{
    /// <summary>Creates a refusal.</summary>
    /// <param name="code">The reason.</param>
    /// <param name="message">What is wrong and what to do, in one or two sentences for the caller to read.</param>
    /// <param name="parameter">The request field at fault, if there is one.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public GranaryException(ErrorCode code, string message, string? parameter = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Code = code;
        Parameter = parameter;
    }

    /// <summary>The reason.</summary>
    [Id(0)]
    public ErrorCode Code { get; private set; }

    /// <summary>The request field at fault, if there is one.</summary>
    [Id(1)]
    public string? Parameter { get; private set; }
}
