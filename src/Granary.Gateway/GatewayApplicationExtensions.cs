using Granary.Gateway.Admin;
using Granary.Gateway.Chat;
using Granary.Gateway.Cluster;
using Granary.Gateway.Draining;
using Granary.Gateway.Errors;
using Granary.Gateway.Health;
using Granary.Gateway.Identity;
using Granary.Gateway.OpenAi;
using Granary.Gateway.OpenApi;
using Granary.Gateway.Security;
using Granary.Gateway.Sockets;
using Granary.Gateway.Telemetry;
using Granary.Gateway.Web;
using Microsoft.Extensions.Options;

namespace Granary.Gateway;

/// <summary>Puts the gateway into a web application.</summary>
public static class GatewayApplicationExtensions
{
    /// <summary>Adds the gateway's middleware and endpoints, and listens on <see cref="GatewayOptions.Urls"/>.</summary>
    public static WebApplication MapGranaryGateway(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value;
        foreach (var url in options.Urls.Concat(options.Http2Urls))
            app.Urls.Add(url);

        app.UseMiddleware<DrainMiddleware>();
        app.UseMiddleware<SecurityHeadersMiddleware>();
        app.UseResponseCompression();
        app.UseMiddleware<ErrorMiddleware>();
        app.UseMiddleware<HostMiddleware>();
        app.UseCors();
        app.UseMiddleware<OriginMiddleware>();
        app.UsePages();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();

        app.MapHealth();
        app.MapIdentity();
        app.MapChat();
        app.MapSockets();
        app.MapOpenAi();
        app.MapOpenApiDocument();
        app.MapCluster();
        app.MapAdmin();
        app.MapTelemetry();
        return app;
    }
}
