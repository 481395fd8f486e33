using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Granary.Benchmarks.Gateways;

/// <summary>A client of HTTP/1.1 that costs next to nothing, so that a load on the same machine measures the server: one connection, one request at a time, known to be answered as these servers do.</summary>
internal sealed class HttpConnection : IDisposable
{
    private static readonly byte[] LastChunk = "0\r\n\r\n"u8.ToArray();

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 << 10];

    // Bytes at the buffer's begin that the next ones are read with, and those that the body still lacks, where its length is known.
    private int _filled;
    private int? _rest;

    public Task ConnectAsync(Uri server, CancellationToken cancellationToken) => _socket.ConnectAsync(IPAddress.Loopback, server.Port, cancellationToken).AsTask();

    /// <summary>Connects for <see cref="Send"/> and <see cref="TryEnd"/>: no thread of the runtime is woken for a connection on which nothing was ever awaited.</summary>
    public void Connect(Uri server) => _socket.Connect(IPAddress.Loopback, server.Port);

    /// <summary>A whole request with a JSON body.</summary>
    public static byte[] Post(string path, string json, params string[] headers) => Encoding.UTF8.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{string.Concat(headers.Select(header => header + "\r\n"))}Content-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}");

    /// <summary>When the answer's body began, as <see cref="Stopwatch.GetTimestamp"/> counts; 0 while it has not.</summary>
    public long FirstByteAt { get; private set; }

    /// <summary>Sends a request and reads the answer to its end.</summary>
    /// <param name="request">From <see cref="Post"/>.</param>
    /// <param name="copy">Gets the body, chunk sizes and all, if somebody wants it.</param>
    /// <param name="cancellationToken">Gives up; the connection is of no use any more.</param>
    /// <returns>From sending to the first byte of the body.</returns>
    /// <exception cref="InvalidDataException">The status was not 200.</exception>
    public async ValueTask<TimeSpan> AskAsync(ReadOnlyMemory<byte> request, Stream? copy, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        Reset();
        await _socket.SendAsync(request, cancellationToken);
        while (!Take(await _socket.ReceiveAsync(_buffer.AsMemory(_filled), cancellationToken), copy))
        {
        }

        return Stopwatch.GetElapsedTime(began, FirstByteAt);
    }

    /// <summary>Sends a request; <see cref="TryEnd"/> reads its answer.</summary>
    public void Send(ReadOnlySpan<byte> request)
    {
        Reset();
        _socket.Send(request);
    }

    /// <summary>Reads what has come, without waiting.</summary>
    /// <returns>Whether the answer has ended.</returns>
    /// <exception cref="InvalidDataException">The status was not 200.</exception>
    public bool TryEnd()
    {
        while (_socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
        {
            if (Take(_socket.Receive(_buffer.AsSpan(_filled)), null))
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose() => _socket.Dispose();

    private void Reset() => (_filled, _rest, FirstByteAt) = (0, null, 0);

    /// <summary>Takes bytes that were received after those that are kept.</summary>
    /// <returns>Whether they were the answer's last.</returns>
    private bool Take(int received, Stream? copy)
    {
        if (received == 0)
        {
            throw new InvalidDataException("The server closed the connection in the middle of an answer.");
        }

        var from = _filled;
        _filled += received;
        if (FirstByteAt == 0)
        {
            from = BodyOf(_filled);
            if (from < 0 || from == _filled)
            {
                return false;
            }

            FirstByteAt = Stopwatch.GetTimestamp();
            _rest = Check(from);
        }

        copy?.Write(_buffer, from, _filled - from);
        _rest -= _filled - from;
        var hasEnded = _rest is { } rest ? rest <= 0 : EndsWithLastChunk(_filled);
        var kept = Math.Min(_filled, LastChunk.Length);
        _buffer.AsSpan(_filled - kept, kept).CopyTo(_buffer);
        _filled = kept;
        return hasEnded;
    }

    private int BodyOf(int filled)
    {
        var end = _buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
        return end < 0 ? -1 : end + 4;
    }

    /// <returns>The body's length; <see langword="null"/> where it comes in chunks.</returns>
    private int? Check(int body)
    {
        var head = _buffer.AsSpan(0, body);
        if (!head.StartsWith("HTTP/1.1 200"u8))
        {
            throw new InvalidDataException($"The server answered: {Encoding.UTF8.GetString(_buffer, 0, Math.Min(_buffer.Length, body + 500)).TrimEnd('\0')}");
        }

        var at = head.IndexOf("ontent-Length: "u8);
        at = at < 0 ? head.IndexOf("ontent-length: "u8) : at;
        if (at < 0)
        {
            return null;
        }

        var digits = head[(at + 15)..];
        return int.Parse(digits[..digits.IndexOf((byte)'\r')], NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private bool EndsWithLastChunk(int filled) => _buffer.AsSpan(0, filled).EndsWith(LastChunk);
}
