namespace Granary.Engine.Grammar;

/// <summary>A constraint cannot be used: malformed, not supported, impossible to meet, or too expensive.</summary>
internal sealed class ConstraintException : Exception
{
    public ConstraintException()
    {
    }

    /// <param name="message">What is wrong, for the caller to read; one or more clauses without a full stop.</param>
    public ConstraintException(string message)
        : base(message)
    {
    }

    public ConstraintException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>What is wrong at a place of a JSON schema.</summary>
    public static ConstraintException At(string path, string message) => new($"{message} (at {path})");
}
