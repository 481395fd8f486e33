using System.Net.Http.Json;
using System.Text.Json;

namespace Granary.Cluster.Tests.Deployments;

[Trait("Category", "Slow")]
public sealed class StagedModelTests(StagedZones cluster) : IClassFixture<StagedZones>
{
    [Fact]
    public async Task Deploy_fourStagesOnThreeSilos_saysWhatOneProcessSays_alsoWhenASiloIsKilledMeanwhile()
    {
        var deployed = await cluster.Cli.RunAsync("model", "deploy", StagedZones.Staged, "--stages", "4", "--wait", "--json");
        Assert.True(deployed.ExitCode == 0, deployed.Error);
        var stages = JsonDocument.Parse(deployed.Output).RootElement.GetProperty("plan").GetProperty("replicas")[0].GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("silo").GetString()!).ToArray();
        Assert.Equal(4, stages.Length);
        Assert.Equal(3, stages.Distinct().Count());

        var whole = await SayAsync("granary-chat", 200);
        Assert.Equal(whole, await SayAsync(StagedZones.Staged, 200));

        var saying = SayAsync(StagedZones.Staged, 200, killed: stages[2]);
        Assert.Equal(whole, await saying);
    }

    /// <summary>What a model says at temperature 0; where a silo is named, it is killed after some of it.</summary>
    private async Task<string> SayAsync(string model, int tokens, string? killed = null)
    {
        var gateway = cluster.Silos.First(silo => silo.Name != killed).Url!;
        using var http = new HttpClient { BaseAddress = gateway, Timeout = TimeSpan.FromMinutes(2) };
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
        {
            Content = JsonContent.Create(new { model, temperature = 0, max_tokens = tokens, ignore_eos = true, stream = true, messages = new[] { new { role = "user", content = "Tell me a long story." } } }),
        };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var (text, pieces) = ("", 0);
        while (await lines.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("data: {", StringComparison.Ordinal))
            {
                continue;
            }

            var choices = JsonDocument.Parse(line["data: ".Length..]).RootElement.GetProperty("choices");
            text += choices.GetArrayLength() > 0 && choices[0].GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : "";
            if (++pieces == 20 && killed is not null)
            {
                cluster.Silos.Single(silo => silo.Name == killed).Signal(Granary.Host.Local.ManagedProcess.Kill);
            }
        }

        return text;
    }
}
