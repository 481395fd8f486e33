using System.Text;
using Granary.Gateway.OpenAi.Responses;
using Granary.Models;
using Granary.Serving;

namespace Granary.Gateway.OpenAi;

/// <summary>One output of a reply that is sent as a whole.</summary>
internal sealed class CollectedChoice(int index)
{
    private readonly StringBuilder _text = new();
    private readonly List<ToolCall> _calls = [];
    private List<TokenLogProbs>? _logProbs;
    private FinishReason? _reason;

    /// <summary>What it took, once it has ended.</summary>
    public TokenUsage? Usage { get; private set; }

    /// <summary>Takes a frame in.</summary>
    public void Add(TokenFrame frame)
    {
        _text.Append(frame.Text);
        _calls.AddRange(frame.ToolCalls ?? []);
        if (frame.LogProbs is not null)
            (_logProbs ??= []).AddRange(frame.LogProbs);
        _reason = frame.FinishReason;
        Usage = frame.Usage;
    }

    /// <summary>As OpenAI writes it: a reply that only calls has no content.</summary>
    public ChatCompletion.Choice ToResponse()
    {
        var message = new ChatCompletion.Message(_text.Length == 0 && _calls.Count > 0 ? null : _text.ToString())
        {
            ToolCalls = _calls.Count == 0 ? null : [.. _calls.Select(ToolCallObject.From)],
        };
        return new(index, message, _logProbs is null ? null : LogProbsObject.From(_logProbs), ChatCompletionEndpoint.Name(_reason));
    }
}
