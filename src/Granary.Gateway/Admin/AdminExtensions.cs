using System.Text.Json;
using Granary.Audit;
using Granary.Cluster;
using Granary.Gateway.Admin.Audit;
using Granary.Gateway.Admin.Deployments;
using Granary.Gateway.Admin.Keys;
using Granary.Gateway.Admin.Models;
using Granary.Gateway.Admin.Profiles;
using Granary.Gateway.Admin.Sessions;
using Granary.Gateway.Admin.Tenants;
using Granary.Gateway.Identity;
using Granary.Serving;

namespace Granary.Gateway.Admin;

/// <summary>What operators ask of the cluster, and tenants' administrators of their tenant.</summary>
internal static class AdminExtensions
{
    public static IServiceCollection AddAdmin(this IServiceCollection services) => services.AddSingleton<AuditTrail>().AddSingleton<KeyAdmin>().AddSingleton<TenantAdmin>();

    public static void MapAdmin(this IEndpointRouteBuilder endpoints)
    {
        var all = endpoints.MapGroup("/admin");
        KeyEndpoints.Map(all);
        TenantEndpoints.Map(all);
        UsageEndpoint.Map(all);
        SessionEndpoints.Map(all);
        ModelEndpoint.Map(all);
        DeploymentEndpoints.Map(all);
        AuditEndpoints.Map(all);
        ProfileEndpoint.Map(all);
        all.MapGet("/me", (HttpContext context) => Results.Json(CallerObject.From(Caller.Of(context.User)), AdminJson.Options)).RequireAuthorization(Policies.TenantAdmin);
        var admin = all.MapGroup("").RequireAuthorization(Policies.Operator);
        admin.MapPost("/silos/{name}/drain", (string name, HttpContext context, IGrainFactory grains, AuditTrail audit) =>
            AskAsync(context, grains, audit, "silo.drain", name, control => control.DrainAsync(name)));
        admin.MapPost("/zones/{zone}/evacuate", (string zone, HttpContext context, IGrainFactory grains, AuditTrail audit) =>
            AskAsync(context, grains, audit, "zone.evacuate", zone, control => control.EvacuateAsync(zone)));
        admin.MapPost("/zones/{zone}/restore", (string zone, HttpContext context, IGrainFactory grains, AuditTrail audit) =>
            AskAsync(context, grains, audit, "zone.restore", zone, control => control.RestoreAsync(zone)));
        admin.MapPut("/routing/{policy}", (string policy, HttpContext context, IGrainFactory grains, AuditTrail audit) =>
            AskAsync(context, grains, audit, "routing.change", policy, control => control.RouteAsync(policy)));
        admin.MapDelete("/routing", (HttpContext context, IGrainFactory grains, AuditTrail audit) =>
            AskAsync(context, grains, audit, "routing.change", "configuration", control => control.RouteAsync(null)));
    }

    // What is asked is done whatever becomes of its entry: a drain must be possible while the store is away.
    private static async Task<IResult> AskAsync(
        HttpContext context, IGrainFactory grains, AuditTrail audit, string what, string target, Func<IClusterControlGrain, Task<ClusterControl>> ask)
    {
        var (before, after) = (new ClusterControl(), new ClusterControl());
        var control = grains.GetGrain<IClusterControlGrain>(IClusterControlGrain.Key);
        await GrainErrors.GuardAsync(async () =>
        {
            before = await control.GetAsync();
            after = await ask(control);
        });
        await audit.TryAddAsync(IAuditGrain.ClusterKey, Caller.Of(context.User), what, target, before, after);
        return Results.Json(after, JsonSerializerOptions.Web);
    }
}
