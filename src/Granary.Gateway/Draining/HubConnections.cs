using Granary.Gateway.Chat;
using Microsoft.AspNetCore.SignalR;

namespace Granary.Gateway.Draining;

/// <summary>Enters the hub's connections among those that are open, and what each carries.</summary>
internal sealed class HubConnections(OpenConnections open) : IHubFilter
{
    private static readonly object Key = new();

    public Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        context.Context.Items[Key] = open.Add(context.Context.Abort);
        return next(context);
    }

    public Task OnDisconnectedAsync(HubLifetimeContext context, Exception? exception, Func<HubLifetimeContext, Exception?, Task> next)
    {
        if (context.Context.Items[Key] is OpenConnection connection)
            open.Remove(connection);
        return next(context, exception);
    }

    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        var connection = (OpenConnection)invocationContext.Context.Items[Key]!;
        connection.Begin();
        object? stream = null;
        try
        {
            var result = await next(invocationContext);
            stream = HubStreams.Ending(result, connection.End);
            return stream ?? result;
        }
        finally
        {
            if (stream is null)
                connection.End();
        }
    }
}
