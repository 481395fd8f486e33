using System.Net;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;

namespace Granary.Host.Chat;

/// <summary>
/// A client of SignalR's JSON hub protocol over one WebSocket, as far as the command line needs it: calls and server-to-client streams.
/// (The client package is absent from restricted feeds.)
/// </summary>
/// <param name="key">API key or token to send, if one is needed.</param>
internal sealed class HubConnection(string? key = null) : IAsyncDisposable
{
    private const byte RecordSeparator = 0x1e;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(8); // the hub pings every two seconds

    private readonly ClientWebSocket _socket = new();
    private readonly Dictionary<string, Channel<JsonElement>> _pending = [];
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private Task _receiving = Task.CompletedTask;
    private HubException? _end;
    private int _nextId;

    /// <summary>Whether it was started and has not ended.</summary>
    public bool IsConnected
    {
        get
        {
            lock (_lock)
            {
                return _end is null && _socket.State == WebSocketState.Open;
            }
        }
    }

    /// <summary>Connects and shakes hands.</summary>
    /// <exception cref="WebSocketException">Nobody answers there.</exception>
    /// <exception cref="HubException">The gateway does not know the key, or it is not good for this.</exception>
    public async Task StartAsync(Uri hub, CancellationToken cancellationToken)
    {
        var address = new UriBuilder(hub) { Scheme = hub.Scheme == "https" ? "wss" : "ws" }.Uri;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        if (key is not null)
        {
            _socket.Options.SetRequestHeader("Authorization", $"Bearer {key}");
        }

        _socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await _socket.ConnectAsync(address, patience.Token);
        }
        catch (WebSocketException refused) when (_socket.HttpStatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw new HubException(
                _socket.HttpStatusCode == HttpStatusCode.Unauthorized ? "invalid_api_key" : "permission_denied",
                $"{hub.GetLeftPart(UriPartial.Authority)} wants {(key is null ? "an API key" : "another API key")}",
                refused);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new WebSocketException($"no answer within {Patience.TotalSeconds} s", late);
        }

        await SendAsync(new { protocol = "json", version = 1 }, cancellationToken);
        _receiving = ReceiveAsync();
    }

    /// <summary>Calls a hub method and returns its result.</summary>
    /// <exception cref="HubException">The hub refused.</exception>
    public async Task<T> InvokeAsync<T>(string method, CancellationToken cancellationToken, params object?[] arguments)
    {
        var (id, answers) = Register();
        await SendAsync(new { type = MessageType.Invocation, invocationId = id, target = method, arguments }, cancellationToken);
        await foreach (var answer in answers.ReadAllAsync(cancellationToken))
        {
            return answer.Deserialize<T>(JsonSerializerOptions.Web)!;
        }

        return default!;
    }

    /// <summary>Streams from a hub method; leaving the loop cancels it at the server.</summary>
    /// <exception cref="HubException">The hub refused, or the connection broke.</exception>
    public async IAsyncEnumerable<T> StreamAsync<T>(string method, object?[] arguments, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (id, answers) = Register();
        await SendAsync(new { type = MessageType.StreamInvocation, invocationId = id, target = method, arguments }, cancellationToken);
        try
        {
            await foreach (var answer in answers.ReadAllAsync(cancellationToken))
            {
                yield return answer.Deserialize<T>(JsonSerializerOptions.Web)!;
            }
        }
        finally
        {
            if (Forget(id) && _socket.State == WebSocketState.Open)
            {
                await CancelAsync(id);
            }
        }
    }

    /// <summary>Breaks the connection off without a word, as a client does that vanishes.</summary>
    public void Abort() => _socket.Abort();

    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            try
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
            }
            catch (Exception failure) when (failure is WebSocketException or OperationCanceledException)
            {
                // The other side went first.
            }
        }

        await _closing.CancelAsync();
        await _receiving;
        _socket.Dispose();
        _closing.Dispose();
        _sending.Dispose();
    }

    private async Task CancelAsync(string id)
    {
        try
        {
            await SendAsync(new { type = MessageType.CancelInvocation, invocationId = id }, CancellationToken.None);
        }
        catch (HubException lost) when (lost.IsConnectionLost)
        {
            // Whoever listens is told by what he waits for.
        }
    }

    private (string Id, ChannelReader<JsonElement> Answers) Register()
    {
        var channel = Channel.CreateUnbounded<JsonElement>();
        lock (_lock)
        {
            if (_end is { } end)
            {
                throw end;
            }

            var id = $"{++_nextId}";
            _pending.Add(id, channel);
            return (id, channel.Reader);
        }
    }

    private bool Forget(string id)
    {
        lock (_lock)
        {
            return _pending.Remove(id);
        }
    }

    private async Task SendAsync<T>(T message, CancellationToken cancellationToken)
    {
        byte[] frame = [.. JsonSerializer.SerializeToUtf8Bytes(message, JsonSerializerOptions.Web), RecordSeparator];
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        catch (Exception failure) when (failure is WebSocketException or ObjectDisposedException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw HubException.ConnectionLost(failure); // an aborted socket is a disposed one; one that is aborted meanwhile calls that a cancellation
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReceiveAsync()
    {
        Exception? reason = null;
        var buffer = new byte[16 * 1024];
        var received = new List<byte>();
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        try
        {
            while (true)
            {
                silence.CancelAfter(Silence);
                var part = await _socket.ReceiveAsync(buffer.AsMemory(), silence.Token);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }

                // A record may span WebSocket messages and a message may hold several records.
                received.AddRange(buffer.AsSpan(0, part.Count));
                for (var end = received.IndexOf(RecordSeparator); end >= 0; end = received.IndexOf(RecordSeparator))
                {
                    await DispatchAsync(received[..end].ToArray());
                    received.RemoveRange(0, end + 1);
                }
            }
        }
        catch (Exception failure)
        {
            reason = failure; // whatever it was, those that wait are told: an aborted socket is a disposed one, and what came may be no record
        }

        EndAll(reason as HubException ?? HubException.ConnectionLost(reason));
    }

    private async Task DispatchAsync(byte[] record)
    {
        using var document = JsonDocument.Parse(record);
        var message = document.RootElement;
        switch (message.TryGetProperty("type", out var type) ? (MessageType)type.GetInt32() : MessageType.Handshake)
        {
            case MessageType.StreamItem:
                Pending(message, remove: false)?.Writer.TryWrite(message.GetProperty("item").Clone());
                break;
            case MessageType.Completion when Pending(message, remove: true) is { } channel:
                if (message.TryGetProperty("result", out var result))
                {
                    channel.Writer.TryWrite(result.Clone());
                }

                channel.Writer.Complete(message.TryGetProperty("error", out var error) ? HubException.Parse(error.GetString()!) : null);
                break;
            case MessageType.Ping:
                await SendAsync(new { type = MessageType.Ping }, _closing.Token);
                break;
            case MessageType.Close or MessageType.Handshake when message.TryGetProperty("error", out var reason):
                throw HubException.Parse(reason.GetString()!);
        }
    }

    private Channel<JsonElement>? Pending(JsonElement message, bool remove)
    {
        var id = message.GetProperty("invocationId").GetString()!;
        lock (_lock)
        {
            var channel = _pending.GetValueOrDefault(id);
            if (remove)
            {
                _pending.Remove(id);
            }

            return channel;
        }
    }

    private void EndAll(HubException reason)
    {
        lock (_lock)
        {
            _end = reason;
            foreach (var channel in _pending.Values)
            {
                channel.Writer.TryComplete(reason);
            }

            _pending.Clear();
        }
    }
}
