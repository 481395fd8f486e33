using System.Text.Json.Nodes;
using Granary.Models.Synthesis;

namespace Granary.Cluster.Tests.Deployments;

[Trait("Category", "Slow")]
public sealed class StagedLlamaTests(StagedLlamaTests.LlamaZones cluster) : IClassFixture<StagedLlamaTests.LlamaZones>
{
    [Fact]
    public async Task Deploy_llamaInFourStagesOnThreeSilos_saysWhatOneProcessSays()
    {
        Assert.Single(await cluster.DeployAsync(LlamaZones.Whole, stages: 1));
        Assert.Equal(3, (await cluster.DeployAsync(LlamaZones.Staged, stages: 4)).Distinct().Count());

        var whole = await Completion.SayAsync(cluster.Silos[0].Url!, LlamaZones.Whole, 200);
        Assert.True(whole.Split(' ').Distinct().Count() > 100, $"too dull to show anything: {whole}");
        Assert.Equal(whole, await Completion.SayAsync(cluster.Silos[1].Url!, LlamaZones.Staged, 200));
    }

    /// <summary>Three silos that have the files of a small llama under two names.</summary>
    public sealed class LlamaZones() : RunningCluster("up", "--zones", "3")
    {
        public const string Whole = "llama-whole";
        public const string Staged = "llama-staged";

        private static SyntheticModel Shape { get; } = new("llama-small", "two query heads for a key head, matrix of the logits of its own", new JsonObject
        {
            ["model_type"] = "llama",
            ["hidden_act"] = "silu",
            ["hidden_size"] = 256,
            ["intermediate_size"] = 768,
            ["num_hidden_layers"] = 6,
            ["num_attention_heads"] = 8,
            ["num_key_value_heads"] = 4,
            ["vocab_size"] = 4096,
            ["rope_theta"] = 5e5,
            ["rms_norm_eps"] = 1e-5,
            ["max_position_embeddings"] = 2048,
            ["tie_word_embeddings"] = false,
            ["torch_dtype"] = "bfloat16",
        });

        protected override async Task PrepareAsync()
        {
            var folder = Directory.CreateTempSubdirectory("granary-llama-");
            SyntheticFolder.Write(Shape, seed: 1, folder.FullName, withWeights: true);
            foreach (var name in new[] { Whole, Staged })
            {
                var import = await Cli.RunAsync("model", "import", folder.FullName, "--name", name);
                Assert.True(import.ExitCode == 0, import.Error);
            }

            folder.Delete(recursive: true);
        }
    }
}
