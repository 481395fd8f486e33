using Granary.Tenants;

namespace Granary.Errors;

/// <summary>A refusal with a stable code and a message that says what to do. Crosses silos with both intact.</summary>
[GenerateSerializer, Alias("granary.error")]
public sealed class GranaryException : Exception
{
    [NonSerialized]
    private readonly Exception? _cause;

    /// <summary>Creates a refusal.</summary>
    /// <param name="code">The reason.</param>
    /// <param name="message">What is wrong and what to do, in one or two sentences for the caller to read.</param>
    /// <param name="parameter">The request field at fault, if there is one.</param>
    /// <param name="innerException">The cause, if there is one; it becomes <see cref="Cause"/>.</param>
    /// <param name="limits">Of a refusal by a tenant's limits: how far it is from them.</param>
    public GranaryException(ErrorCode code, string message, string? parameter = null, Exception? innerException = null, RateLimits? limits = null)
        : base(message)
    {
        Code = code;
        Parameter = parameter;
        Limits = limits;
        _cause = innerException;
    }

    /// <summary>The reason.</summary>
    [Id(0)]
    public ErrorCode Code { get; private set; }

    /// <summary>The request field at fault, if there is one.</summary>
    [Id(1)]
    public string? Parameter { get; private set; }

    /// <summary>Of a refusal by a tenant's limits: how far it is from them.</summary>
    [Id(2)]
    public RateLimits? Limits { get; private set; }

    /// <summary>The cause, in the silo that found it. An <see cref="Exception.InnerException"/> would be sent along, and drivers' exceptions can be of types that no silo can send.</summary>
    public Exception? Cause => _cause;

    public override string ToString() => _cause is null ? base.ToString() : $"{base.ToString()}{Environment.NewLine} ---> {_cause}";
}
