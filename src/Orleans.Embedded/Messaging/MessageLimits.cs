using Orleans.Configuration;

namespace Orleans.Runtime.Messaging;

internal static class MessageLimits
{
    /// <exception cref="OrleansException">The body is larger than the limit.</exception>
    public static void CheckBody(int bytes, SiloMessagingOptions options)
    {
        if (bytes > options.MaxMessageBodySize)
        {
            throw new OrleansException($"The message has {bytes} bytes; {nameof(options.MaxMessageBodySize)} allows {options.MaxMessageBodySize}.");
        }
    }
}
