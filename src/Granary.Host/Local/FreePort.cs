using System.Net;
using System.Net.Sockets;

namespace Granary.Host.Local;

/// <summary>Finds loopback ports that nobody listens on.</summary>
internal static class FreePort
{
    /// <summary>The first free port at or after <paramref name="preferred"/>.</summary>
    public static int AtOrAfter(int preferred)
    {
        for (var port = preferred; port < preferred + 200; port++)
        {
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"no free port between {preferred} and {preferred + 199}");
    }

    public static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
