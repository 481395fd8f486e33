namespace Orleans.Runtime;

/// <summary>A gateway sheds load.</summary>
public sealed class GatewayTooBusyException : OrleansException
{
    public GatewayTooBusyException()
    {
    }

    public GatewayTooBusyException(string message)
        : base(message)
    {
    }

    public GatewayTooBusyException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
