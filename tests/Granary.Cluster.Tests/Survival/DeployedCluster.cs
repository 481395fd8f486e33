using System.Net.Http.Json;
using System.Text.Json;
using Granary.Chaos.Silos;

namespace Granary.Cluster.Tests.Survival;

/// <summary>Three silos with a model that is deployed and in no configuration.</summary>
public class DeployedCluster : SurvivalCluster
{
    internal override ClusterSetup Setup => new() { Silos = SiloSpec.ThreeZones, Slots = 4 };

    internal override string Model => "granary-deployed";

    /// <summary>Deploys it, and waits until a condition holds.</summary>
    /// <returns>The deployment.</returns>
    internal async Task<JsonElement> DeployAsync(object wish, Func<JsonElement, bool> until, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = Cluster.Silos[0].Url };
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        await Cluster.ImportAsync(Model, limit.Token);
        while (!(await http.PutAsJsonAsync($"admin/deployments/{Model}", wish, limit.Token)).IsSuccessStatusCode)
        {
            await pause.WaitForNextTickAsync(limit.Token); // its files are looked for every few seconds
        }

        while (true)
        {
            var status = (await http.GetFromJsonAsync<JsonElement>("admin/deployments", limit.Token))[0];
            if (status.GetProperty("isReady").GetBoolean() && until(status))
            {
                return status;
            }

            await pause.WaitForNextTickAsync(limit.Token);
        }
    }

    /// <summary>Names of the silos of its first replica's stages.</summary>
    internal static string[] Stages(JsonElement status) =>
        [.. status.GetProperty("plan").GetProperty("replicas")[0].GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("silo").GetString()!)];

    /// <summary>Names of the silos that hold experts of it.</summary>
    internal static string[] Holders(JsonElement status) =>
        [.. status.GetProperty("plan").GetProperty("experts").GetProperty("holders").EnumerateArray().Select(holder => holder.GetProperty("silo").GetString()!)];
}
