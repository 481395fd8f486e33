using System.Text;
using Granary.Models;
using Granary.Serving;

namespace Granary.Gateway.OpenAi;

/// <summary>One output, put together from its frames.</summary>
internal sealed class CollectedChoice(int choice)
{
    private readonly StringBuilder _text = new();
    private readonly List<int> _tokens = [];
    private readonly List<(ToolCall Begun, StringBuilder Arguments)> _calls = [];
    private List<TokenLogProbs>? _logProbs;
    private TokenLogProbs[]? _promptLogProbs;
    private TokenFrame? _last;
    private string? _fingerprint;

    /// <summary>Takes a frame in.</summary>
    public void Add(TokenFrame frame)
    {
        _text.Append(frame.Text);
        _tokens.AddRange(frame.Tokens);
        foreach (var call in frame.ToolCalls ?? [])
        {
            if (call.Id.Length > 0)
                _calls.Add((call, new StringBuilder()));
            _calls[^1].Arguments.Append(call.Arguments);
        }

        if (frame.LogProbs is not null)
            (_logProbs ??= []).AddRange(frame.LogProbs);
        _promptLogProbs = frame.PromptLogProbs ?? _promptLogProbs;
        _fingerprint = frame.Fingerprint ?? _fingerprint;
        _last = frame;
    }

    /// <summary>The output as one frame.</summary>
    public TokenFrame ToFrame() => new()
    {
        Choice = choice,
        FirstIndex = 0,
        Tokens = [.. _tokens],
        Text = _text.ToString(),
        LogProbs = _logProbs?.ToArray(),
        PromptLogProbs = _promptLogProbs,
        ToolCalls = _calls.Count == 0 ? null : [.. _calls.Select(call => call.Begun with { Arguments = call.Arguments.ToString() })],
        FinishReason = _last?.FinishReason,
        Usage = _last?.Usage,
        Fingerprint = _fingerprint,
    };
}
