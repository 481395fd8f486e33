using System.Net;
using System.Net.Sockets;

namespace Granary.Conformance.Support;

/// <summary>Ports for servers that must know theirs before they listen.</summary>
internal static class FreePorts
{
    // Below what the kernel gives to connections and to whoever asks for any port: those come and go between the choice and the listening.
    private const int First = 26000;
    private const int End = 32000;
    private const int Attempts = 100;

    /// <summary>A port of the loopback address at which nobody listens.</summary>
    /// <exception cref="InvalidOperationException">None was found.</exception>
    public static int Next()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var port = Random.Shared.Next(First, End);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another one, then.
            }
        }

        throw new InvalidOperationException($"{Attempts} ports from {First} to {End - 1} are in use.");
    }
}
