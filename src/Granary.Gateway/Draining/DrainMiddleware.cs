using Granary.Clustering;
using Granary.Gateway.Errors;
using Microsoft.AspNetCore.Connections.Features;

namespace Granary.Gateway.Draining;

/// <summary>
/// Counts requests, and asks callers of a gateway that leaves to come back on another connection, which a load balancer then sends elsewhere; what still comes is
/// answered. A hub connection would stay, so it is refused: its client tries the next gateway.
/// </summary>
internal sealed class DrainMiddleware(RequestDelegate next, RunningRequests requests, ISiloDrain drain)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/hubs", StringComparison.OrdinalIgnoreCase))
        {
            await (drain.SendsAway
                ? ErrorWriter.WriteAsync(context, new(ErrorCode.Unavailable, "This gateway is being emptied. Connect to another one."))
                : next(context));
            return;
        }

        if (drain.IsDraining)
            SendElsewhere(context);
        requests.Begin();
        try
        {
            using var over = requests.Over.UnsafeRegister(static state => ((HttpContext)state!).Abort(), context);
            await next(context);
        }
        finally
        {
            requests.End();
        }
    }

    private static void SendElsewhere(HttpContext context)
    {
        if (HttpProtocol.IsHttp11(context.Request.Protocol))
            context.Response.Headers.Connection = "close";
        else
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
    }
}
