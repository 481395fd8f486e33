namespace Orleans.Runtime;

/// <summary>The silo's configuration cannot work.</summary>
public sealed class OrleansConfigurationException : Exception
{
    public OrleansConfigurationException()
    {
    }

    public OrleansConfigurationException(string message)
        : base(message)
    {
    }

    public OrleansConfigurationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
