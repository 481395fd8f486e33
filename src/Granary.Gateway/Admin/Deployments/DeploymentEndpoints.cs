using Granary.Audit;
using Granary.Deployments;
using Granary.Gateway.Admin.Audit;
using Granary.Gateway.Following;
using Granary.Gateway.Identity;
using Granary.Gateway.Limits;

namespace Granary.Gateway.Admin.Deployments;

/// <summary>Which models are served where.</summary>
internal static class DeploymentEndpoints
{
    public static void Map(IEndpointRouteBuilder admin)
    {
        var all = admin.MapGroup("/deployments").RequireAuthorization(Policies.Operator);
        all.MapGet("", async (HttpContext context, IGrainFactory grains, TurnFollower follower) =>
            Shown(await follower.CallAsync(Grain(grains).ListAsync, context.RequestAborted)));
        all.MapPost("/{model}/plan", async (HttpContext context, string model, IGrainFactory grains, TurnFollower follower, BodyReader bodies) =>
        {
            var wish = await AdminRequest.ReadAsync<DeploymentWish>(context, bodies);
            return Shown(await follower.CallAsync(() => Grain(grains).PlanAsync(model, wish), context.RequestAborted));
        });
        all.MapGet("/{model}/experts", async (HttpContext context, string model, IGrainFactory grains, TurnFollower follower) =>
            Shown(await follower.CallAsync(() => Grain(grains).ExpertsAsync(model), context.RequestAborted)));
        all.MapPut("/{model}", DeployAsync);
        all.MapDelete("/{model}", UndeployAsync);
    }

    private static async Task<IResult> DeployAsync(HttpContext context, string model, IGrainFactory grains, TurnFollower follower, BodyReader bodies, AuditTrail audit)
    {
        var wish = await AdminRequest.ReadAsync<DeploymentWish>(context, bodies);
        var before = await FindAsync(model, grains, follower, context.RequestAborted);
        var status = await follower.CallAsync(() => Grain(grains).DeployAsync(model, wish), CancellationToken.None);
        await audit.AddAsync(IAuditGrain.ClusterKey, Caller.Of(context.User), "model.deploy", model, before, wish);
        return Shown(status);
    }

    private static async Task<IResult> UndeployAsync(HttpContext context, string model, IGrainFactory grains, TurnFollower follower, AuditTrail audit)
    {
        var before = await FindAsync(model, grains, follower, context.RequestAborted);
        await follower.CallAsync(() => Grain(grains).UndeployAsync(model), CancellationToken.None);
        await audit.AddAsync(IAuditGrain.ClusterKey, Caller.Of(context.User), "model.undeploy", model, before, null);
        return Results.NoContent();
    }

    private static async Task<DeploymentWish?> FindAsync(string model, IGrainFactory grains, TurnFollower follower, CancellationToken cancellationToken) =>
        (await follower.CallAsync(Grain(grains).ListAsync, cancellationToken)).FirstOrDefault(status => status.Plan.Model == model)?.Plan.Wish;

    private static IDeploymentsGrain Grain(IGrainFactory grains) => grains.GetGrain<IDeploymentsGrain>(IDeploymentsGrain.Key);

    private static IResult Shown<T>(T value) => Results.Json(value, AdminJson.Options, statusCode: StatusCodes.Status200OK);
}
