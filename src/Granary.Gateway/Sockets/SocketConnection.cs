using System.Collections.Concurrent;
using System.Net.WebSockets;
using Granary.Errors;
using Granary.Gateway.Draining;
using Granary.Gateway.Errors;
using Granary.Gateway.Identity;
using Granary.Gateway.Limits;

namespace Granary.Gateway.Sockets;

/// <summary>One plain WebSocket: reads requests and answers several at a time.</summary>
internal sealed class SocketConnection : IDisposable
{
    private const int MaxCalls = 16;

    // From the close frame on, whether the client answers it or not.
    private static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(2);

    private readonly WebSocket _socket;
    private readonly HttpContext _http;
    private readonly SocketCalls _types;
    private readonly OpenConnections _open;
    private readonly RunningPerKey _perKey;
    private readonly Caller _caller;
    private readonly SocketReader _reader;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly CancellableCalls _calls = new(MaxCalls);
    private readonly ConcurrentDictionary<Task, bool> _answers = new();
    private readonly CancellationTokenSource _ending = new(); // nothing is answered any more
    private readonly CancellationTokenSource _over = new(); // nothing is read or written any more
    private readonly Lock _lock = new();
    private Task? _closing;

    public SocketConnection(WebSocket socket, HttpContext http, SocketCalls types, OpenConnections open, RunningPerKey perKey, GatewayOptions options, TimeProvider time)
    {
        (_socket, _http, _types, _open, _perKey, _caller) = (socket, http, types, open, perKey, Caller.Of(http.User));
        _reader = new(socket, options, time, () => Close(WebSocketCloseStatus.PolicyViolation, $"A message came more slowly than {options.MinBytesPerSecond} bytes a second."));
    }

    /// <summary>Serves it until it is closed, by whomever, or lost. Replies go on then, and can be resumed.</summary>
    public async Task RunAsync(CancellationToken connectionLost)
    {
        using var lost = connectionLost.UnsafeRegister(static state => ((SocketConnection)state!).Lose(), this);
        var place = _open.Add(() => Close(WebSocketCloseStatus.EndpointUnavailable, "This gateway is being emptied. Connect to another one."));
        try
        {
            await ServeAsync(place);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // The client is gone, or has not answered the close frame.
        }
        finally
        {
            _open.Remove(place);
            await CloseAsync(WebSocketCloseStatus.NormalClosure, null);
            await _over.CancelAsync();
            await Task.WhenAll(_answers.Keys);
        }
    }

    /// <summary>Begins to close it. When it is closed that is no error.</summary>
    /// <param name="status">Why.</param>
    /// <param name="reason">The same in words, for the client.</param>
    public void Close(WebSocketCloseStatus status, string reason) => _ = CloseAsync(status, reason);

    public void Dispose()
    {
        _reader.Dispose();
        _writing.Dispose();
        _ending.Dispose();
        _over.Dispose();
    }

    private async Task ServeAsync(OpenConnection place)
    {
        try
        {
            while (await _reader.ReadAsync(_over.Token) is { } message)
            {
                if (!_ending.IsCancellationRequested) // who is sent away knows by the close frame that this was not heard
                    await BeginAsync(message, place);
            }
        }
        catch (GranaryException refusal)
        {
            await CloseAsync(refusal.Code == ErrorCode.TooLarge ? WebSocketCloseStatus.MessageTooBig : WebSocketCloseStatus.InvalidPayloadData, refusal.Message);
            await _reader.DiscardAsync(_over.Token); // a reset under the client's hands would hide the reason from it
        }
    }

    /// <summary>Begins to answer. A refusal is written before the next message is read: who never reads cannot pile them up.</summary>
    private Task BeginAsync(ReadOnlyMemory<byte> message, OpenConnection place)
    {
        var (id, json) = SocketRequests.Parse(message);
        var writer = new SocketWriter(_socket, id, _writing, _over.Token);
        SocketRequest request;
        try
        {
            request = SocketRequests.Read(json);
        }
        catch (GranaryException refusal)
        {
            return writer.ErrorAsync(CallerError.From(refusal));
        }

        if (request.Type == "cancel")
        {
            _calls.Cancel(id);
            return Task.CompletedTask;
        }

        if (!_calls.TryBegin(id, _ending.Token, out var cancelled))
            return writer.ErrorAsync(new(ErrorCode.InvalidRequest, $"A message needs an 'id' that no running one has, and {MaxCalls} run at a time.", "id"));

        var answer = AnswerAsync(new(_caller, _http, request, writer, _ending.Token, cancelled), new RunningCall(_calls, id), place);
        _answers[answer] = true;
        _ = answer.ContinueWith(ended => _answers.TryRemove(ended, out _), TaskScheduler.Default);
        return Task.CompletedTask;
    }

    private async Task AnswerAsync(SocketCall call, RunningCall running, OpenConnection place)
    {
        place.Begin();
        try
        {
            await WriteAsync(call, running);
        }
        catch (Exception exception) when (exception is WebSocketException || call.ConnectionLost.IsCancellationRequested)
        {
            // Nobody is left to be told.
        }
        finally
        {
            running.End();
            place.End();
        }
    }

    private async Task WriteAsync(SocketCall call, RunningCall running)
    {
        CallerError error;
        try
        {
            running.Take(_perKey.Begin(_caller));
            await call.Answer.DoneAsync(await _types.AnswerAsync(call), running.End);
            return;
        }
        catch (Exception exception) when (exception is not WebSocketException && !call.ConnectionLost.IsCancellationRequested)
        {
            error = _types.Tell(exception);
        }

        await call.Answer.ErrorAsync(error, running.End);
    }

    // In this order: what fails because nothing can be written must find that nobody is to be told.
    private void Lose()
    {
        _ending.Cancel();
        _over.Cancel();
    }

    private Task CloseAsync(WebSocketCloseStatus status, string? reason)
    {
        lock (_lock)
            return _closing ??= SendCloseAsync(status, reason);
    }

    private async Task SendCloseAsync(WebSocketCloseStatus status, string? reason)
    {
        await Task.Yield(); // out of the lock
        await _ending.CancelAsync();
        _over.CancelAfter(LastMoment); // a message that its reader does not take is cut then
        try
        {
            await _writing.WaitAsync(_over.Token);
            await _socket.CloseOutputAsync(status, reason, _over.Token);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // It is gone, or closed.
        }
    }
}
