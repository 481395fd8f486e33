using Granary.Gateway.Completions;
using Granary.Gateway.OpenAi.Responses;
using Granary.Serving;

namespace Granary.Gateway.OpenAi;

/// <summary>Events of the older completions: the text and the reason of each choice, the usage if wanted.</summary>
/// <param name="header">What they carry, as far as it is known before the first frame.</param>
/// <param name="id">The completion.</param>
internal sealed class TextCompletionEvents(ReplyHeader header, CompletionId id) : ICompletionEvents
{
    private readonly TokenUsage?[] _usage = new TokenUsage?[id.Choices];
    private readonly int[] _offsets = new int[id.Choices];
    private ReplyHeader _reply = header;
    private int _ended;

    public IEnumerable<byte[]> Of(TokenFrame frame)
    {
        _reply = _reply.At(frame);
        var logProbs = frame.LogProbs is { Length: > 0 } || frame.PromptLogProbs is not null ? TextLogProbsObject.From(frame, ref _offsets[frame.Choice]) : null;
        if (frame.Text.Length > 0 || logProbs is not null)
            yield return Json([new(frame.Choice, frame.Text, logProbs, null)]);
        if (frame.FinishReason is not { } reason)
            yield break;

        _usage[frame.Choice] = frame.Usage;
        yield return Json([new(frame.Choice, "", null, FinishReasonName.Of(reason))]);
        if (++_ended < id.Choices)
            yield break;
        if (id.IncludesUsage && UsageObject.From(_usage, id.Layout) is { } usage)
            yield return Json([], usage);
        yield return "[DONE]"u8.ToArray();
    }

    private byte[] Json(TextCompletion.Output[] choices, UsageObject? usage = null) => id.IncludesUsage
        ? OpenAiEventJson.Serialize(new(_reply.Id, _reply.Created, _reply.Model, _reply.SystemFingerprint, choices, usage), OpenAiJson.Default.TextCompletionWithUsage)
        : OpenAiEventJson.Serialize(new(_reply.Id, _reply.Created, _reply.Model, _reply.SystemFingerprint, choices), OpenAiJson.Default.TextCompletion);
}
