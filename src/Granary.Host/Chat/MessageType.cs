namespace Granary.Host.Chat;

/// <summary>Message types of SignalR's hub protocol.</summary>
internal enum MessageType
{
    Handshake = 0,
    Invocation = 1,
    StreamItem = 2,
    Completion = 3,
    StreamInvocation = 4,
    CancelInvocation = 5,
    Ping = 6,
    Close = 7,
}
