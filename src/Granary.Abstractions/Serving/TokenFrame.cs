using System.Text.Json.Serialization;
using Granary.Models;

namespace Granary.Serving;

/// <summary>Consecutive tokens of one output of a turn, as they travel from a shard to a session, a gateway and a client.</summary>
[GenerateSerializer, Immutable, Alias("granary.frame")]
public sealed record TokenFrame
{
    /// <summary>Index within the output of the first token here; frames of an output have no hole and no overlap.</summary>
    [Id(0)] public required int FirstIndex { get; init; }

    /// <summary>The token ids.</summary>
    [Id(1)] public required int[] Tokens { get; init; }

    /// <summary>The text that became certain with these tokens; may be empty while a character or a stop string is unfinished.</summary>
    [Id(2)] public required string Text { get; init; }

    /// <summary>Set on the output's last frame alone.</summary>
    [Id(3)] public FinishReason? FinishReason { get; init; }

    /// <summary>Set on the output's last frame alone; each output counts the prompt.</summary>
    [Id(4)] public TokenUsage? Usage { get; init; }

    /// <summary>Which of the <see cref="GenerateRequest.Choices"/> these tokens belong to, from 0.</summary>
    [Id(5), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public int Choice { get; init; }

    /// <summary>One for each of <see cref="Tokens"/>, but for an end-of-sequence token that ended the output; <see langword="null"/> where none were asked for.</summary>
    [Id(6)] public TokenLogProbs[]? LogProbs { get; init; }

    /// <summary>
    /// Calls that became certain with these tokens, in order; their text is not part of <see cref="Text"/>. An entry with an id begins a call, with what is known of its arguments; one
    /// without, which only the first can be, has more of the arguments of the last call of the frames before.
    /// </summary>
    [Id(7)] public ToolCall[]? ToolCalls { get; init; }

    /// <summary>
    /// A sign of life between a shard and a session, four times a second while no other frame comes: no tokens, no text; the generation waits or computes. An engine that
    /// may be stuck gives none. It says nothing about whether the replica has taken the request. It is neither logged nor shown.
    /// </summary>
    [Id(8), JsonIgnore] public bool IsHeartbeat { get; init; }

    /// <summary>
    /// On a heartbeat: the replica's silo is being drained, so that the generation should move to another one. It is said at once, and again every two seconds while the
    /// generation is still there.
    /// </summary>
    [Id(9), JsonIgnore] public bool IsLeaving { get; init; }

    /// <summary>On a heartbeat: the prompt, or some of it, is computed. One that waits for its turn has only the other heartbeats.</summary>
    [Id(12), JsonIgnore] public bool HasBegun { get; init; }

    /// <summary>Of the model that generated this and what follows; on a turn's first frame, and again where a replica with another one goes on.</summary>
    [Id(10), JsonIgnore] public string? Fingerprint { get; init; }

    /// <summary>
    /// On the first frame of an output alone, where they were asked for: one for each token of its prompt. Nothing predicts the first, which is there for its text: its log-probability is
    /// 0, and it has no likely tokens beside it. Tokens that the prompt's text does not show, such as one that begins every text, have no bytes.
    /// </summary>
    [Id(11), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public TokenLogProbs[]? PromptLogProbs { get; init; }
}
