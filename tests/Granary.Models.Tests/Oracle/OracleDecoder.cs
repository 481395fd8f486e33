using System.Text.Json.Nodes;
using Granary.Models.Tests.TinyModels;

namespace Granary.Models.Tests.Oracle;

/// <summary>
/// A decoder written for reading: loops over doubles, no cache, no batch. It shares nothing with the importer and reads
/// Hugging Face's keys and tensor names itself, so that both being wrong in the same way is unlikely.
/// </summary>
internal sealed class OracleDecoder
{
    private readonly JsonObject _config;
    private readonly Dictionary<string, double[]> _tensors;
    private readonly string _type;
    private readonly int _hidden;
    private readonly int _heads;
    private readonly int _kvHeads;
    private readonly int _headDim;
    private readonly OracleRope _rope;
    private readonly Func<string, double[], double[]> _rounded;

    /// <param name="config">config.json.</param>
    /// <param name="tensors">The weights.</param>
    /// <param name="rounded">What happens to the input of the matrix of a name.</param>
    public OracleDecoder(JsonObject config, IReadOnlyDictionary<string, TinyTensor> tensors, Func<string, double[], double[]>? rounded = null)
    {
        _rounded = rounded ?? ((_, input) => input);
        // Parsed anew: numbers put in by code do not convert to other types of numbers.
        _config = JsonNode.Parse(config.ToJsonString())!.AsObject();
        config = _config;
        _tensors = tensors.ToDictionary(tensor => tensor.Key, tensor => Array.ConvertAll(tensor.Value.Rounded(), value => (double)value), StringComparer.Ordinal);
        _type = (string)config["model_type"]!;
        _hidden = Int("hidden_size");
        _heads = Int("num_attention_heads");
        _kvHeads = Int("num_key_value_heads");
        _headDim = Int("head_dim");
        _rope = new OracleRope(config, _headDim);
    }

    /// <summary>Logits [position, vocabulary] of a sequence.</summary>
    public float[][] Logits(long[] ids)
    {
        var embedding = _tensors["model.embed_tokens.weight"];
        var states = ids.Select(id => embedding[((int)id * _hidden)..(((int)id + 1) * _hidden)]).ToArray();
        for (var layer = 0; layer < Int("num_hidden_layers"); layer++)
        {
            var prefix = $"model.layers.{layer}.";
            Accumulate(states, Attention(prefix + "self_attn.", layer, Normed(states, prefix + "input_layernorm.weight")));
            Accumulate(states, [.. Normed(states, prefix + "post_attention_layernorm.weight").Select(state => FeedForward(prefix, layer, state))]);
        }

        var head = Bool("tie_word_embeddings") ? embedding : _tensors["lm_head.weight"];
        return [.. Normed(states, "model.norm.weight").Select(state => Array.ConvertAll(Multiply(head, 0, Int("vocab_size"), _rounded("lm_head.weight", state)), value => (float)value))];
    }

    private double[][] Attention(string prefix, int layer, double[][] inputs)
    {
        var bias = _type == "qwen2" || Bool("attention_bias");
        double[][] Heads(string part, int count, int position, bool rotate)
        {
            var all = Linear(prefix + part + "_proj", inputs[position], count * _headDim, bias);
            var heads = all.Chunk(_headDim).ToArray();
            if (rotate && _type is "qwen3" or "qwen3_moe" && part != "v")
            {
                heads = [.. heads.Select(head => Normed(head, _tensors[prefix + part + "_norm.weight"]))];
            }

            return rotate ? [.. heads.Select(head => _rope.Rotate(head, position))] : heads;
        }

        var positions = Enumerable.Range(0, inputs.Length).ToArray();
        var queries = positions.Select(position => Heads("q", _heads, position, rotate: true)).ToArray();
        var keys = positions.Select(position => Heads("k", _kvHeads, position, rotate: true)).ToArray();
        var values = positions.Select(position => Heads("v", _kvHeads, position, rotate: false)).ToArray();
        var window = Window(layer) ?? int.MaxValue;
        return [.. positions.Select(position =>
        {
            var mixed = Enumerable.Range(0, _heads).SelectMany(head =>
            {
                var kvHead = head / (_heads / _kvHeads);
                var visible = positions.Where(other => other <= position && position - other < window).ToArray();
                var weights = Softmax([.. visible.Select(other => Dot(queries[position][head], keys[other][kvHead]) / Math.Sqrt(_headDim))]);
                var sum = new double[_headDim];
                for (var i = 0; i < visible.Length; i++)
                {
                    Accumulate(sum, values[visible[i]][kvHead], weights[i]);
                }

                return sum;
            }).ToArray();
            return Linear(prefix + "o_proj", mixed, _hidden, bias && _type != "qwen2");
        })];
    }

    private int? Window(int layer) => _type switch
    {
        "mistral" or "mixtral" => (int?)_config["sliding_window"],
        "qwen2" or "qwen3" when Bool("use_sliding_window") && layer >= Int("max_window_layers") => Int("sliding_window"),
        "qwen3_moe" when Bool("use_sliding_window") => Int("sliding_window"),
        _ => null,
    };

    private double[] FeedForward(string prefix, int layer, double[] input)
    {
        var sparse = _type == "mixtral"
            || (_type == "qwen3_moe" && (layer + 1) % Int("decoder_sparse_step") == 0 && !_config["mlp_only_layers"]!.AsArray().Any(item => (int)item! == layer));
        return sparse ? Experts(prefix, input) : Dense(prefix + "mlp.", input, Bool("mlp_bias"));
    }

    private double[] Dense(string prefix, double[] input, bool bias)
    {
        var width = Int("intermediate_size");
        return Linear(prefix + "down_proj", Gated(Linear(prefix + "gate_proj", input, width, bias), Linear(prefix + "up_proj", input, width, bias)), _hidden, bias);
    }

    private double[] Experts(string prefix, double[] input)
    {
        var mixtral = _type == "mixtral";
        var count = Int(mixtral ? "num_local_experts" : "num_experts");
        var width = Int(mixtral ? "intermediate_size" : "moe_intermediate_size");
        var stacked = _tensors.ContainsKey(prefix + "mlp.experts.gate_up_proj");
        var block = prefix + (mixtral && !stacked ? "block_sparse_moe." : "mlp.");
        var probabilities = Softmax(Linear(block + "gate", input, count, bias: false));
        var chosen = Enumerable.Range(0, count).OrderByDescending(expert => probabilities[expert]).Take(Int("num_experts_per_tok")).ToArray();
        var scale = mixtral || Bool("norm_topk_prob") ? chosen.Sum(expert => probabilities[expert]) : 1;
        var output = new double[_hidden];
        foreach (var expert in chosen)
        {
            double[] gate, up, down;
            if (stacked)
            {
                var gateUp = Multiply(_tensors[block + "experts.gate_up_proj"], expert * 2 * width, 2 * width, _rounded(block + "experts.gate_up_proj", input));
                (gate, up) = (gateUp[..width], gateUp[width..]);
                down = Multiply(_tensors[block + "experts.down_proj"], expert * _hidden, _hidden, _rounded(block + "experts.down_proj", Gated(gate, up)));
            }
            else
            {
                string[] names = mixtral ? ["w1", "w3", "w2"] : ["gate_proj", "up_proj", "down_proj"];
                gate = Linear($"{block}experts.{expert}.{names[0]}", input, width, bias: false);
                up = Linear($"{block}experts.{expert}.{names[1]}", input, width, bias: false);
                down = Linear($"{block}experts.{expert}.{names[2]}", Gated(gate, up), _hidden, bias: false);
            }

            Accumulate(output, down, probabilities[expert] / scale);
        }

        return output;
    }

    private double[] Linear(string name, double[] input, int outputs, bool bias)
    {
        var result = Multiply(_tensors[name + ".weight"], 0, outputs, _rounded(name + ".weight", input));
        if (bias)
        {
            Accumulate(result, _tensors[name + ".bias"], 1);
        }

        return result;
    }

    private double[][] Normed(double[][] states, string weight) => [.. states.Select(state => Normed(state, _tensors[weight]))];

    private double[] Normed(double[] state, double[] weight)
    {
        var scale = 1 / Math.Sqrt((Dot(state, state) / state.Length) + (double)_config["rms_norm_eps"]!);
        return [.. state.Zip(weight, (value, gamma) => value * scale * gamma)];
    }

    private static double[] Multiply(double[] matrix, int firstRow, int rows, double[] input) =>
        [.. Enumerable.Range(firstRow, rows).Select(row => Dot(matrix.AsSpan(row * input.Length, input.Length), input))];

    private static double[] Gated(double[] gate, double[] up) => [.. gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u)];

    private static double[] Softmax(double[] logits)
    {
        var powers = logits.Select(logit => Math.Exp(logit - logits.Max())).ToArray();
        return [.. powers.Select(power => power / powers.Sum())];
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    private static void Accumulate(double[] target, double[] source, double weight)
    {
        for (var i = 0; i < target.Length; i++)
        {
            target[i] += weight * source[i];
        }
    }

    private static void Accumulate(double[][] target, double[][] source)
    {
        foreach (var (row, addend) in target.Zip(source))
        {
            Accumulate(row, addend, 1);
        }
    }

    private int Int(string key) => (int)_config[key]!;

    private bool Bool(string key) => (bool?)_config[key] ?? false;
}
