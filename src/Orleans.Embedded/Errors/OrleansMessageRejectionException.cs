namespace Orleans.Runtime;

/// <summary>The call was not run, since its target was gone, full, or still starting.</summary>
public class OrleansMessageRejectionException : OrleansException
{
    public OrleansMessageRejectionException()
    {
    }

    public OrleansMessageRejectionException(string message)
        : base(message)
    {
    }

    public OrleansMessageRejectionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
