using System.Text;
using System.Text.Json.Nodes;
using Granary.Models.Architectures;
using Granary.Models.Checkpoints;

namespace Granary.Models.Tests.Checkpoints;

public sealed class ModelConfigTests
{
    private const string Llama = """
        "model_type":"llama","hidden_size":64,"intermediate_size":128,"num_hidden_layers":2,"num_attention_heads":4,
        "num_key_value_heads":2,"vocab_size":512,"max_position_embeddings":256,"rms_norm_eps":1e-6
        """;

    [Theory]
    [InlineData("\"rope_theta\":500000.0,\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8,\"low_freq_factor\":1,\"high_freq_factor\":4,\"original_max_position_embeddings\":32},\"torch_dtype\":\"bfloat16\"")]
    [InlineData("\"rope_parameters\":{\"rope_theta\":500000.0,\"rope_type\":\"llama3\",\"factor\":8,\"low_freq_factor\":1,\"high_freq_factor\":4,\"original_max_position_embeddings\":32},\"dtype\":\"bfloat16\"")]
    public void Read_ropeInEitherStyle_isTheSame(string rope)
    {
        var config = Read($"{{{Llama},{rope}}}");
        Assert.Equal(
            new RopeConfig { Kind = RopeKind.Llama3, Theta = 500000, Factor = 8, LowFrequencyFactor = 1, HighFrequencyFactor = 4, OriginalMaxPositions = 32, MaxPositions = 256 },
            config.Rope);
    }

    [Theory]
    [InlineData("\"rope_scaling\":{\"type\":\"linear\",\"factor\":4}", RopeKind.Linear, 1024)]
    [InlineData("\"rope_scaling\":{\"type\":\"dynamic\",\"factor\":4}", RopeKind.Dynamic, 256)]
    [InlineData("\"rope_scaling\":{\"type\":\"dynamic\",\"factor\":4,\"original_max_position_embeddings\":64}", RopeKind.Dynamic, 256)]
    [InlineData("\"rope_scaling\":{\"type\":\"yarn\",\"factor\":4,\"original_max_position_embeddings\":256}", RopeKind.Yarn, 1024)]
    [InlineData("\"rope_scaling\":{\"type\":\"yarn\",\"factor\":4,\"original_max_position_embeddings\":64}", RopeKind.Yarn, 256)]
    [InlineData("\"rope_scaling\":null", RopeKind.Default, 256)]
    internal void Read_ropeThatStretches_saysHowFar(string rope, RopeKind kind, int positions)
    {
        var config = Read($"{{{Llama},{rope}}}");
        Assert.Equal(kind, config.Rope.Kind);
        Assert.Equal(positions, config.Rope.MaxPositions);
    }

    [Theory]
    [InlineData("rope_type", "\"rope_scaling\":{\"type\":\"longrope\",\"factor\":4}")]
    [InlineData("factor", "\"rope_scaling\":{\"type\":\"linear\"}")]
    [InlineData("factor", "\"rope_scaling\":{\"type\":\"linear\",\"factor\":1e999}")]
    [InlineData("factor", "\"rope_scaling\":{\"type\":\"linear\",\"factor\":-1}")]
    [InlineData("rope_scaling", "\"rope_scaling\":7")]
    [InlineData("rope_parameters", "\"rope_parameters\":{\"full_attention\":{\"rope_theta\":1e4}}")]
    [InlineData("hidden_act", "\"hidden_act\":\"gelu\"")]
    [InlineData("head_dim", "\"head_dim\":20")]
    [InlineData("partial_rotary_factor", "\"partial_rotary_factor\":0.5")]
    [InlineData("quantization_config", "\"quantization_config\":{\"quant_method\":\"gptq\"}")]
    [InlineData("tie_word_embeddings", "\"tie_word_embeddings\":1")]
    public void Read_valueThatIsNotSupported_isRefusedByKey(string key, string entry) => AssertRefused(key, $"{{{Llama},{entry}}}");

    [Theory]
    [InlineData("hidden_size", "-1")]
    [InlineData("hidden_size", "1.5")]
    [InlineData("hidden_size", "\"64\"")]
    [InlineData("hidden_size", "9223372036854775807")]
    [InlineData("num_hidden_layers", "0")]
    [InlineData("num_hidden_layers", "1000000")]
    [InlineData("num_key_value_heads", "3")]
    [InlineData("num_key_value_heads", "8")]
    [InlineData("vocab_size", "99999999999")]
    [InlineData("max_position_embeddings", "1e12")]
    [InlineData("rms_norm_eps", "1e999")]
    [InlineData("rms_norm_eps", "null")]
    [InlineData("model_type", "7")]
    public void Read_valueOutOfBounds_isRefusedByKey(string key, string value)
    {
        var config = JsonNode.Parse($"{{{Llama}}}")!.AsObject();
        config.Remove(key);
        var text = config.ToJsonString();
        AssertRefused(key, $"{text[..^1]},\"{key}\":{value}}}");
    }

    [Theory]
    [InlineData("{\"model_type\":\"llama\",\"model_type\":\"mistral\"}")]
    [InlineData("{\"model_type\":\"llama\",\"rms_norm_eps\":NaN}")]
    [InlineData("{\"model_type\":\"llama\",\"rms_norm_eps\":Infinity}")]
    [InlineData("{\"model_type\":")]
    public void Read_noValidJson_isRefused(string json)
    {
        var error = Assert.Throws<ModelFormatException>(() => Read(json));
        Assert.Equal("config.json", error.File);
    }

    /// <summary>Transformers' own defaults; of families that differ from the rest by one line of their file.</summary>
    [Theory]
    [InlineData("llama", 1e4)]
    [InlineData("qwen3_moe", 1e4)]
    [InlineData("mixtral", 1e6)]
    public void Read_withoutTheta_takesTheFamilysOwn(string modelType, double theta) =>
        Assert.Equal(theta, Read($"{{{Llama.Replace("\"llama\"", $"\"{modelType}\"", StringComparison.Ordinal)}}}").Rope.Theta);

    [Theory]
    [InlineData("{\"model_type\":\"lla\\ud800\"}")]
    [InlineData("{\"\\udc00\":1}")]
    public void Read_halfASurrogatePair_isRefused(string json) =>
        Assert.Contains("surrogate", Assert.Throws<ModelFormatException>(() => Parse(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void Registry_unknownArchitecture_isRefusedWithTheKnownOnes()
    {
        var error = Assert.Throws<ModelFormatException>(() => ArchitectureRegistry.For(Parse("{\"model_type\":\"gpt_neox\"}")));
        Assert.Contains("gpt_neox", error.Message, StringComparison.Ordinal);
        Assert.Contains("llama, mistral, qwen2, qwen3, mixtral, qwen3_moe", error.Message, StringComparison.Ordinal);
    }

    private static void AssertRefused(string key, string json)
    {
        var error = Assert.Throws<ModelFormatException>(() => Read(json));
        Assert.Contains(key, error.Message, StringComparison.Ordinal);
    }

    private static ModelConfig Read(string json) => ModelConfig.Read(Parse(json));

    private static JsonFile Parse(string json) => JsonFile.Parse("config.json", Encoding.UTF8.GetBytes(json));
}
