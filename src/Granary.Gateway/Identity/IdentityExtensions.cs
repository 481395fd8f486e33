using Granary.Gateway.Identity.Anonymous;
using Granary.Gateway.Identity.Keys;
using Granary.Gateway.Identity.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Identity;

/// <summary>Who calls, and what that allows.</summary>
internal static class IdentityExtensions
{
    public static IServiceCollection AddIdentity(this IServiceCollection services, IConfigurationSection section)
    {
        services.AddOptions<IdentityOptions>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<KeyCache>();
        services.AddSingleton<RunningCallers>();
        services.AddHostedService<KeyWatch>();
        services.AddSingleton<SigningKey>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, TokenSchemes>();
        services.AddSingleton<IConfigureOptions<PolicySchemeOptions>, SchemeChoice>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusalWriter>();
        services.AddAuthorization(Policies.Add);
        services.AddDataProtection().UseEphemeralDataProtectionProvider(); // ASP.NET adds it; nothing here is protected by it, so no keys belong on the disk
        services.AddAuthentication(Schemes.Any)
            .AddPolicyScheme(Schemes.Any, null, _ => { })
            .AddScheme<AuthenticationSchemeOptions, KeyHandler>(Schemes.Key, null)
            .AddScheme<AuthenticationSchemeOptions, AnonymousHandler>(Schemes.Anonymous, null)
            .AddJwtBearer(Schemes.Token, _ => { })
            .AddIssuers(section);
        return services;
    }

    public static void MapIdentity(this IEndpointRouteBuilder endpoints) => endpoints.MapPost("/oauth/token", TokenEndpoint.HandleAsync).AllowAnonymous();

    private static void AddIssuers(this AuthenticationBuilder builder, IConfigurationSection section)
    {
        for (var index = 0; index < section.GetSection(nameof(IdentityOptions.Issuers)).GetChildren().Count(); index++)
            builder.AddJwtBearer(Schemes.Issuer(index), _ => { });
    }
}
