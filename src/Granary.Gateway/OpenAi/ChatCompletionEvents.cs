using System.Text.Encodings.Web;
using System.Text.Json;
using Granary.Gateway.Completions;
using Granary.Gateway.OpenAi.Responses;
using Granary.Models;
using Granary.Serving;

namespace Granary.Gateway.OpenAi;

/// <summary>Events of chat completions: the role, the text, the calls and the reason of each choice, the usage if wanted.</summary>
/// <param name="header">What they carry, as far as it is known before the first frame.</param>
/// <param name="id">The completion.</param>
internal sealed class ChatCompletionEvents(ReplyHeader header, CompletionId id) : ICompletionEvents
{
    private readonly TokenUsage?[] _usage = new TokenUsage?[id.Choices];
    private readonly int[] _calls = new int[id.Choices];
    private readonly (byte[] Before, byte[] After)?[] _texts = new (byte[], byte[])?[id.Choices];
    private ReplyHeader _reply = header;
    private bool _begun;
    private int _ended;

    public IEnumerable<byte[]> Of(TokenFrame frame)
    {
        if (frame.Fingerprint is not null)
        {
            _reply = _reply.At(frame);
            Array.Clear(_texts);
        }

        if (!_begun)
        {
            _begun = true;
            for (var choice = 0; choice < id.Choices; choice++)
                yield return Chunk(choice, new() { Role = "assistant", Content = "" });
        }

        var logProbs = frame.LogProbs is { Length: > 0 } places ? LogProbsObject.From(places) : null;
        if (logProbs is not null)
            yield return Chunk(frame.Choice, new() { Content = frame.Text }, logProbs);
        else if (frame.Text.Length > 0)
            yield return TextChunk(frame.Choice, frame.Text);
        if (frame.ToolCalls is { } calls)
            yield return Chunk(frame.Choice, new() { ToolCalls = Array.ConvertAll(calls, call => Delta(ref _calls[frame.Choice], call)) });
        if (frame.FinishReason is not { } reason)
            yield break;

        _usage[frame.Choice] = frame.Usage;
        yield return Chunk(frame.Choice, new(), reason: FinishReasonName.Of(reason));
        if (++_ended < id.Choices)
            yield break;
        if (id.IncludesUsage && UsageObject.From(_usage, id.Layout) is { } usage)
            yield return Json([], usage);
        yield return "[DONE]"u8.ToArray();
    }

    /// <summary>A call, or a piece of the arguments of the one before.</summary>
    /// <param name="calls">How many calls there were; counted.</param>
    /// <param name="call">What a frame says.</param>
    private static ToolCallObject Delta(ref int calls, ToolCall call)
    {
        var delta = ToolCallObject.From(call);
        return call.Id.Length > 0
            ? delta with { Index = calls++ }
            : new ToolCallObject(null, delta.Function with { Name = null }) { Index = calls - 1, Type = null };
    }

    // All but the text is the same from token to token: it is serialised once, with no text, and taken apart where the text belongs.
    private byte[] TextChunk(int choice, string text)
    {
        var (before, after) = _texts[choice] ??= Around("\"content\":\""u8, Chunk(choice, new() { Content = "" }));
        return [.. before, .. JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes, .. after];
    }

    private static (byte[] Before, byte[] After) Around(ReadOnlySpan<byte> mark, byte[] json)
    {
        var end = json.AsSpan().LastIndexOf(mark) + mark.Length; // no string has it: its quotes would be escaped there
        return (json[..end], json[end..]);
    }

    private byte[] Chunk(int choice, ChatCompletionChunk.Delta delta, LogProbsObject? logProbs = null, string? reason = null) =>
        Json([new(choice, delta, logProbs, reason)]);

    private byte[] Json(ChatCompletionChunk.Part[] choices, UsageObject? usage = null) => id.IncludesUsage
        ? OpenAiEventJson.Serialize(new(_reply.Id, _reply.Created, _reply.Model, _reply.SystemFingerprint, choices, usage), OpenAiJson.Default.ChatCompletionChunkWithUsage)
        : OpenAiEventJson.Serialize(new(_reply.Id, _reply.Created, _reply.Model, _reply.SystemFingerprint, choices), OpenAiJson.Default.ChatCompletionChunk);
}
