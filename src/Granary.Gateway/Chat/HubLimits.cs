using Granary.Errors;
using Granary.Gateway.Identity;
using Granary.Gateway.Limits;
using Microsoft.AspNetCore.SignalR;

namespace Granary.Gateway.Chat;

/// <summary>
/// Counts the hub's calls and streams among the requests of their key, and bounds the streams of one connection: SignalR itself bounds calls alone, and lets
/// any number of streams run.
/// </summary>
internal sealed class HubLimits(RunningPerKey running) : IHubFilter
{
    /// <summary>Most streams of one connection at a time.</summary>
    public const int MaxStreams = 16;

    private static readonly object StreamsKey = new();

    public Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        context.Context.Items[StreamsKey] = new SemaphoreSlim(MaxStreams);
        return next(context);
    }

    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        var streams = HubStreams.IsStream(invocationContext.HubMethod.ReturnType) ? (SemaphoreSlim)invocationContext.Context.Items[StreamsKey]! : null;
        if (streams?.Wait(0) == false)
            throw new GranaryException(ErrorCode.RateLimitExceeded, $"This connection has {MaxStreams} streams running; wait for one to end, or open another connection.");
        IDisposable? request = null;
        object? stream = null;
        try
        {
            request = running.Begin(Caller.Of(invocationContext.Context.User));
            var result = await next(invocationContext);
            stream = HubStreams.Ending(result, End);
            return stream ?? result;
        }
        finally
        {
            if (stream is null)
                End();
        }

        void End()
        {
            request?.Dispose();
            streams?.Release();
        }
    }
}
