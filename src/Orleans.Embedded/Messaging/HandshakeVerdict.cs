namespace Orleans.Runtime.Messaging;

internal enum HandshakeVerdict
{
    /// <summary>Messages may follow.</summary>
    Welcome,

    /// <summary>The caller does not speak this protocol.</summary>
    NotUnderstood,

    /// <summary>The caller belongs to another cluster.</summary>
    WrongCluster,

    /// <summary>The caller wants a silo that no longer listens here; this is another one.</summary>
    WrongSilo,

    /// <summary>The cluster has declared the caller dead.</summary>
    YouAreDead,
}
