using System.Text.Json;
using Granary.Cluster;
using Granary.Deployments;
using Granary.Gateway.Admin;
using Granary.Gateway.Admin.Keys;
using Granary.Gateway.Admin.Sessions;
using Granary.Gateway.Admin.Tenants;
using Granary.Gateway.Health;
using Granary.Profiles;
using Granary.Tenants;

namespace Granary.Gateway.OpenApi;

/// <summary>Operations whose bodies and answers have types of their own; <c>openapi.json</c> has the others.</summary>
internal static class OpenApiOperations
{
    private static readonly JsonSerializerOptions Web = JsonSerializerOptions.Web;
    private static readonly JsonSerializerOptions Admin = AdminJson.Options;

    /// <summary>By method and path, such as <c>GET /admin/keys</c>.</summary>
    public static IReadOnlyDictionary<string, OpenApiOperation> All { get; } = new Dictionary<string, OpenApiOperation>(StringComparer.Ordinal)
    {
        ["GET /admin/me"] = new("Who asks", Admin) { Answer = typeof(CallerObject) },

        ["GET /admin/keys"] = new("A tenant's keys", Admin) { Answer = typeof(KeyObject[]) },
        ["POST /admin/keys"] = new("A new key; the answer has its secret, and none after it", Admin) { Body = typeof(CreateKey), Answer = typeof(KeyObject), Statuses = [StatusCodes.Status201Created] },
        ["POST /admin/keys/{id}/rotate"] = new("A new key in place of one, which goes on for a while", Admin) { Body = typeof(RotateKey), Answer = typeof(KeyObject), Statuses = [StatusCodes.Status201Created] },
        ["DELETE /admin/keys/{id}"] = new("Ends a key", Admin) { Answer = typeof(KeyObject) },

        ["GET /admin/tenants"] = new("Tenants, their limits and what counts against these", Web) { Answer = typeof(TenantList) },
        ["GET /admin/tenants/{tenant}"] = new("A tenant", Web) { Answer = typeof(TenantStatus) },
        ["PUT /admin/tenants/{tenant}/limits"] = new("Gives a tenant limits of its own", Web) { Body = typeof(TenantLimits), Answer = typeof(TenantStatus) },
        ["DELETE /admin/tenants/{tenant}/limits"] = new("Gives a tenant the configuration's limits again", Web) { Answer = typeof(TenantStatus) },
        ["PUT /admin/tenants/{tenant}/webhook"] = new("Has a receiver told when tokens run out; the answer has the secret of the signatures, and none after it", Web) { Body = typeof(SetWebhook), Answer = typeof(WebhookObject) },
        ["DELETE /admin/tenants/{tenant}/webhook"] = new("Has nobody told", Web) { Answer = typeof(TenantStatus) },

        ["GET /admin/sessions"] = new("A tenant's conversations, the last changed first; header Link leads to the next page", Admin) { Answer = typeof(SessionObject[]) },
        ["DELETE /admin/sessions/{id}"] = new("Deletes a conversation", Admin) { Answer = typeof(SessionObject) },

        ["GET /admin/deployments"] = new("Models that were deployed, and how far they are", Admin) { Answer = typeof(DeploymentStatus[]) },
        ["POST /admin/deployments/{model}/plan"] = new("Where a model would be, without deploying it", Admin) { Body = typeof(DeploymentWish), Answer = typeof(DeploymentPlan) },
        ["PUT /admin/deployments/{model}"] = new("Deploys a model, or deploys it otherwise", Admin) { Body = typeof(DeploymentWish), Answer = typeof(DeploymentStatus) },
        ["DELETE /admin/deployments/{model}"] = new("Takes a model away", Admin) { Statuses = [StatusCodes.Status204NoContent] },
        ["GET /admin/deployments/{model}/experts"] = new("Where a model's experts are and how busy", Admin) { Answer = typeof(ExpertFigures) },

        ["GET /admin/profiles"] = new("What silos have and how busy they are", Admin) { Answer = typeof(SiloProfile[]) },
        ["POST /admin/silos/{name}/drain"] = new("Has a silo move what it runs and leave", Web) { Answer = typeof(ClusterControl) },
        ["POST /admin/zones/{zone}/evacuate"] = new("Has a zone's silos move what they run and take nothing new", Web) { Answer = typeof(ClusterControl) },
        ["POST /admin/zones/{zone}/restore"] = new("Has a zone's silos take requests again", Web) { Answer = typeof(ClusterControl) },
        ["PUT /admin/routing/{policy}"] = new("Has all silos route by a policy", Web) { Answer = typeof(ClusterControl) },
        ["DELETE /admin/routing"] = new("Has silos route as they are configured", Web) { Answer = typeof(ClusterControl) },

        ["GET /api/cluster"] = new("Silos, zones, models and activations", Web) { Answer = typeof(ClusterStatus) },
        ["GET /health/ready"] = new("Whether the silo takes everything, and what is missing", Web) { Answer = typeof(Readiness), Statuses = [StatusCodes.Status200OK, StatusCodes.Status503ServiceUnavailable] },
    };
}
