namespace Orleans.Storage;

/// <summary>A write met a record that somebody else has changed. The activation that sees it is deactivated.</summary>
public class InconsistentStateException : OrleansException
{
    public InconsistentStateException()
    {
    }

    public InconsistentStateException(string message)
        : base(message)
    {
    }

    public InconsistentStateException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public InconsistentStateException(string errorMsg, string storedEtag, string currentEtag)
        : base(errorMsg)
    {
        StoredEtag = storedEtag;
        CurrentEtag = currentEtag;
    }

    public InconsistentStateException(string errorMsg, string storedEtag, string currentEtag, Exception storageException)
        : base(errorMsg, storageException)
    {
        StoredEtag = storedEtag;
        CurrentEtag = currentEtag;
    }

    /// <summary>The tag in the store.</summary>
    public string? StoredEtag { get; private set; }

    /// <summary>The tag that the activation held.</summary>
    public string? CurrentEtag { get; private set; }
}
