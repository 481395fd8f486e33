using Orleans.Runtime.Messaging;

namespace Orleans.Runtime;

/// <summary>What a silo delivers requests to: an activation, a set of stateless workers, an observer.</summary>
internal interface IMessageTarget
{
    /// <summary>Takes a request over.</summary>
    void Receive(Message message);

    /// <summary>The caller of a request gives up.</summary>
    void Cancel(long id, SiloAddress origin);
}
