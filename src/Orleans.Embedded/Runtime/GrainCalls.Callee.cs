using Orleans.Runtime.Messaging;
using Orleans.Runtime.Streaming;

namespace Orleans.Runtime;

/// <summary>The callee's side of calls: runs them and answers.</summary>
internal sealed partial class GrainCalls
{

    /// <summary>Runs a request on its activation's scheduler and answers it.</summary>
    public async Task RunAsync(Message message, Activation activation)
    {
        if (message.IsExpired && silo.Messaging.DropExpiredMessages)
        {
            return;
        }

        RequestContext.Import(message.Context, message.Reentrancy);
        var call = message.Call!;
        if (message.Cancellation is { } cancellation)
        {
            call.CancellationToken = cancellation.Token;
        }

        try
        {
            if (message.Method!.Interface == typeof(IStreamExtension))
            {
                await call.InvokeAsync(activation.Streams);
            }
            else if (silo.IncomingFilters.Length == 0)
            {
                await call.InvokeAsync(activation.GrainInstance!);
            }
            else
            {
                await new IncomingCallContext(activation, message, silo.IncomingFilters).Invoke();
            }
        }
        catch (Exception exception)
        {
            Respond(message, exception);
            return;
        }

        Respond(message, null);
    }

    /// <summary>Runs a request of an object that is no grain: an observer, or a part of the runtime.</summary>
    public async Task RunAsync(Message message, object target)
    {
        RequestContext.Import(message.Context, message.Reentrancy);
        try
        {
            await message.Call!.InvokeAsync(target);
        }
        catch (Exception exception)
        {
            Respond(message, exception);
            return;
        }

        Respond(message, null);
    }

    /// <summary>Answers a request that has run.</summary>
    public void Respond(Message message, Exception? exception) => Answer(message, exception is null ? MessageKind.Response : MessageKind.Error, exception);

    /// <summary>Answers a request that does not run.</summary>
    public void Reject(Message message, Exception exception) => Answer(message, MessageKind.Rejection, exception);

    private void Answer(Message message, MessageKind kind, Exception? exception)
    {
        if (message.Kind == MessageKind.OneWay)
        {
            if (exception is not null)
            {
                silo.Logs.OneWayFailed(exception, message.Target);
            }

            return;
        }

        if (message.Origin.Equals(silo.Address))
        {
            if (exception is null)
            {
                Complete(message.Id, message.Call!);
            }
            else
            {
                Fail(message.Id, exception);
            }

            return;
        }

        var payload = WriteAnswer(message, exception, ref kind);
        silo.Router.SendAnswer(message, kind, payload);
    }

    private WireWriter WriteAnswer(Message message, Exception? exception, ref MessageKind kind)
    {
        var writer = new WireWriter();
        try
        {
            if (exception is null)
            {
                message.Call!.WriteResult(writer);
                MessageLimits.CheckBody(writer.Length, silo.Messaging);
            }
            else
            {
                writer.Write(exception);
            }
        }
        catch (Exception failure)
        {
            kind = MessageKind.Error;
            writer.Clear();
            writer.Write<Exception>(new OrleansException($"The result of {message.Method} could not be sent: {failure.Message}"));
        }

        return writer;
    }
}
