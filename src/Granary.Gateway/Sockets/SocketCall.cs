using Granary.Gateway.Identity;

namespace Granary.Gateway.Sockets;

/// <summary>A request over a plain WebSocket, as it is being answered.</summary>
/// <param name="Caller">Who asks.</param>
/// <param name="Http">The connection.</param>
/// <param name="Request">What for.</param>
/// <param name="Answer">Where the answer goes.</param>
/// <param name="ConnectionLost">Tells a lost connection from a client that cancels.</param>
/// <param name="Cancelled">The client cancels, or the connection is lost.</param>
internal sealed record SocketCall(Caller Caller, HttpContext Http, SocketRequest Request, SocketWriter Answer, CancellationToken ConnectionLost, CancellationToken Cancelled);
