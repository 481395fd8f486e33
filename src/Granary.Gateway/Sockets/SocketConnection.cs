using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using Granary.Errors;
using Granary.Gateway.Errors;
using Granary.Gateway.Identity;
using Granary.Gateway.Limits;

namespace Granary.Gateway.Sockets;

/// <summary>One plain WebSocket: reads requests and answers several at a time.</summary>
internal sealed class SocketConnection(
    WebSocket socket, HttpContext http, SocketCalls calls, RunningSockets running, RunningPerKey perKey, GatewayOptions options) : IDisposable
{
    private const int MaxCalls = 16;

    private readonly Caller _caller = Caller.Of(http.User);
    private readonly SemaphoreSlim _writing = new(1);
    private readonly CancellableCalls _calls = new(MaxCalls);
    private readonly ConcurrentDictionary<Task, bool> _answers = new();

    /// <summary>Serves it until the client closes it or <paramref name="connectionLost"/>.</summary>
    public async Task RunAsync(CancellationToken connectionLost)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(connectionLost);
        try
        {
            while (await ReadAsync(ending.Token) is { } message)
                await BeginAsync(message, ending.Token);
            await CloseAsync(WebSocketCloseStatus.NormalClosure, null);
        }
        catch (GranaryException refusal)
        {
            await CloseAsync(refusal.Code == ErrorCode.TooLarge ? WebSocketCloseStatus.MessageTooBig : WebSocketCloseStatus.InvalidPayloadData, refusal.Message);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // The client is gone, or the gateway goes.
        }
        finally
        {
            await ending.CancelAsync(); // replies go on, and can be resumed
            await Task.WhenAll(_answers.Keys);
        }
    }

    public void Dispose() => _writing.Dispose();

    /// <summary>Begins to answer. A refusal is written before the next message is read: who never reads cannot pile them up.</summary>
    private Task BeginAsync(ReadOnlyMemory<byte> message, CancellationToken connectionLost)
    {
        var (id, json) = SocketRequests.Parse(message);
        var writer = new SocketWriter(socket, id, _writing, connectionLost);
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

        if (!_calls.TryBegin(id, connectionLost, out var cancelled))
            return writer.ErrorAsync(new(ErrorCode.InvalidRequest, $"A message needs an 'id' that no running one has, and {MaxCalls} run at a time.", "id"));

        var answer = AnswerAsync(new(_caller, http, request, writer, connectionLost, cancelled), new RunningCall(_calls, id));
        _answers[answer] = true;
        _ = answer.ContinueWith(ended => _answers.TryRemove(ended, out _), TaskScheduler.Default);
        return Task.CompletedTask;
    }

    private async Task AnswerAsync(SocketCall call, RunningCall place)
    {
        running.Begin();
        try
        {
            await WriteAsync(call, place);
        }
        catch (Exception exception) when (exception is WebSocketException || call.ConnectionLost.IsCancellationRequested)
        {
            // Nobody is left to be told.
        }
        finally
        {
            place.End();
            running.End();
        }
    }

    private async Task WriteAsync(SocketCall call, RunningCall place)
    {
        CallerError error;
        try
        {
            place.Take(perKey.Begin(_caller));
            await call.Answer.DoneAsync(await calls.AnswerAsync(call), place.End);
            return;
        }
        catch (Exception exception) when (exception is not WebSocketException && !call.ConnectionLost.IsCancellationRequested)
        {
            error = CallerError.From(exception);
            if (error.Code == ErrorCode.Internal)
                running.LogFailure(exception);
        }

        await call.Answer.ErrorAsync(error, place.End);
    }

    /// <summary>A whole message; <see langword="null"/> when the client closes.</summary>
    private async Task<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        var message = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = await socket.ReceiveAsync(message.GetMemory(4096), cancellationToken);
            if (read.MessageType == WebSocketMessageType.Close)
                return null;
            message.Advance(read.Count);
            if (message.WrittenCount > options.MaxHubMessageBytes)
                throw new GranaryException(ErrorCode.TooLarge, $"A message is larger than {options.MaxHubMessageBytes} bytes.");
            if (read.EndOfMessage)
                return message.WrittenMemory;
        }
    }

    private async Task CloseAsync(WebSocketCloseStatus status, string? reason)
    {
        await _writing.WaitAsync();
        try
        {
            await socket.CloseOutputAsync(status, reason, CancellationToken.None);
        }
        catch (WebSocketException)
        {
            // It is closed.
        }
        finally
        {
            _writing.Release();
        }
    }
}
