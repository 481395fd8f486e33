using System.Globalization;
using System.Text.Json;
using Granary.Models;

namespace Granary.Gateway.OpenAi.Requests;

/// <summary>The fields that say how tokens are chosen: OpenAI's, and vLLM's beyond them.</summary>
internal sealed class SamplingFields
{
    private const int MaxStopStrings = 4;
    private const int MaxTopLogProbs = 20;

    private SamplingParameters _read = new();
    private long? _maxTokens;
    private long? _maxCompletionTokens;
    private bool _wantsLogProbs;
    private Field? _topLogProbs;

    /// <summary>Reads a field, if it is one of these.</summary>
    /// <exception cref="Granary.Errors.GranaryException">Its value is of the wrong type or out of range.</exception>
    public bool TryRead(Field field)
    {
        switch (field.Name)
        {
            case "temperature": _read = _read with { Temperature = field.Number(0, 2) }; break;
            case "top_p": _read = _read with { TopP = field.Number(0, 1) }; break;
            case "top_k": _read = _read with { TopK = (int)field.Integer(0, int.MaxValue) }; break;
            case "min_p": _read = _read with { MinP = field.Number(0, 1) }; break;
            case "repetition_penalty": _read = _read with { RepetitionPenalty = field.Number(0, 10, isMinExcluded: true) }; break;
            case "presence_penalty": _read = _read with { PresencePenalty = field.Number(-2, 2) }; break;
            case "frequency_penalty": _read = _read with { FrequencyPenalty = field.Number(-2, 2) }; break;
            case "seed": _read = _read with { Seed = field.Integer(long.MinValue, long.MaxValue) }; break;
            case "stop": _read = _read with { Stop = ReadStop(field) }; break;
            case "min_tokens": _read = _read with { MinTokens = (int)field.Integer(0, int.MaxValue) }; break;
            case "ignore_eos": _read = _read with { IgnoreEndOfSequence = field.Flag() }; break;
            case "logit_bias": _read = _read with { LogitBias = ReadBias(field) }; break;
            case "logprobs": _wantsLogProbs = field.Flag(); break;
            case "top_logprobs": _topLogProbs = field; break;
            case "max_tokens": _maxTokens = field.Integer(1, int.MaxValue); break;
            case "max_completion_tokens": _maxCompletionTokens = field.Integer(1, int.MaxValue); break;
            default: return false;
        }

        return true;
    }

    /// <summary>What was read.</summary>
    /// <exception cref="Granary.Errors.GranaryException">The fields contradict each other.</exception>
    public SamplingParameters Resolve()
    {
        if (_maxTokens is not null && _maxCompletionTokens is not null && _maxTokens != _maxCompletionTokens)
            throw Field.Contradiction("max_tokens", "'max_tokens' and 'max_completion_tokens' differ; send one of them.");
        var topLogProbs = (int?)_topLogProbs?.Integer(0, MaxTopLogProbs);
        if (topLogProbs > 0 && !_wantsLogProbs)
            throw Field.Contradiction("top_logprobs", "'top_logprobs' needs 'logprobs': true.");
        return _read with { MaxTokens = (int?)(_maxCompletionTokens ?? _maxTokens), TopLogProbs = _wantsLogProbs ? topLogProbs ?? 0 : null };
    }

    private static TokenBias[]? ReadBias(Field field)
    {
        var biases = field.Members().Select(bias => new TokenBias(
            int.TryParse(bias.Name.AsSpan(field.Name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var token)
                ? token
                : throw field.Wrong("an object of token ids and biases"),
            bias.Number(-100, 100))).ToArray();
        return biases.Length == 0 ? null : biases;
    }

    private static string[] ReadStop(Field field)
    {
        if (field.Value.ValueKind == JsonValueKind.String)
            return Check(field, [field.Text()]);
        if (field.Value.ValueKind != JsonValueKind.Array)
            throw field.Wrong("a string or an array of strings");
        return Check(field, [.. field.Items().Select(item => item.Text())]);
    }

    private static string[] Check(Field field, string[] stops) =>
        stops.Length > MaxStopStrings || stops.Contains("") ? throw field.Wrong($"at most {MaxStopStrings} strings, none of them empty") : stops;
}
