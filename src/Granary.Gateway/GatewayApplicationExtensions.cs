using Granary.Gateway.Chat;
using Granary.Gateway.Cluster;
using Granary.Gateway.Errors;
using Granary.Gateway.Health;
using Granary.Gateway.OpenAi;
using Granary.Gateway.Security;
using Granary.Gateway.Web;
using Microsoft.Extensions.Options;

namespace Granary.Gateway;

/// <summary>Puts the gateway into a web application.</summary>
public static class GatewayApplicationExtensions
{
    /// <summary>Adds the gateway's middleware and endpoints, and listens on <see cref="GatewayOptions.Urls"/>.</summary>
    public static WebApplication MapGranaryGateway(this WebApplication app)
    {
        foreach (var url in app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value.Urls)
            app.Urls.Add(url);

        app.UseMiddleware<SecurityHeadersMiddleware>();
        app.UseMiddleware<ErrorMiddleware>();
        app.UseMiddleware<HostMiddleware>();
        app.UseCors();
        app.UseMiddleware<OriginMiddleware>();
        app.UsePages();
        app.UseRouting();

        app.MapHealth();
        app.MapChat();
        app.MapOpenAi();
        app.MapCluster();
        return app;
    }
}
