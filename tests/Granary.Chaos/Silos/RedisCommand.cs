using System.Net.Sockets;
using System.Text;

namespace Granary.Chaos.Silos;

/// <summary>Says one thing to a Redis server.</summary>
internal static class RedisCommand
{
    /// <exception cref="IOException">It refused, or is not there.</exception>
    public static async Task SendAsync(int port, string password, string command, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port, cancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"AUTH {password}\r\n{command}\r\n"), cancellationToken);
        using var reader = new StreamReader(stream);
        var (login, answer) = (await reader.ReadLineAsync(cancellationToken), await reader.ReadLineAsync(cancellationToken));
        if (login != "+OK" || answer != "+OK")
        {
            throw new IOException($"Redis answered {login} and {answer} to {command}");
        }
    }
}
