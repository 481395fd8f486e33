using System.Text.Json.Serialization;
using Granary.Identity;
using Granary.Models;
using Granary.Tenants;

namespace Granary.Serving;

/// <summary>One generation, as a session or a gateway asks a replica for it.</summary>
[GenerateSerializer, Immutable, Alias("granary.generate")]
public sealed record GenerateRequest
{
    /// <summary>Bound of <see cref="Priority"/>, in both directions.</summary>
    public const int MaxPriority = 100;

    /// <summary>Unique; for logs and traces.</summary>
    [Id(0)] public required string RequestId { get; init; }

    /// <summary>The conversation's id, if it is one; replicas keep KV by it.</summary>
    [Id(1)] public string? SessionId { get; init; }

    /// <summary>The conversation so far, rendered by the model's chat template. Exactly one of <see cref="Messages"/> and <see cref="Prompts"/> is set.</summary>
    [Id(2)] public ChatMessage[]? Messages { get; init; }

    /// <summary>How tokens are chosen.</summary>
    [Id(4)] public SamplingParameters Sampling { get; init; } = new();

    /// <summary>Outputs wanted, of all prompts together. Where <see cref="Sampling"/> has a seed, output i of a prompt takes seed + i.</summary>
    [Id(5)] public int Choices { get; init; } = 1;

    /// <summary>Functions that the model may call.</summary>
    [Id(6)] public ToolUse? Tools { get; init; }

    /// <summary>
    /// What was generated already, one for each of <see cref="Choices"/>: it is gone on with, not generated again. An output's first frame has the index behind its last token;
    /// text, function calls, log-probabilities and usage are those that the rest would have had anyway. <see langword="null"/> for a new generation.
    /// </summary>
    [Id(7)] public ResumedChoice[]? Resumed { get; init; }

    /// <summary>
    /// Key of the <see cref="IShardGrain"/> where this generation, by its <see cref="RequestId"/>, still runs: the replica takes it over from there, keys and values included.
    /// </summary>
    /// <remarks>
    /// Each output that is taken over ends there with <see cref="Models.FinishReason.Moved"/>, behind its last token, and begins here with the index after that token. That
    /// may be later than <see cref="Resumed"/> says, because frames are still on their way: who reads both streams takes the old one to its end first, and has neither hole nor
    /// overlap. If the old one breaks before, there is a hole: generate again from what there is. An output that cannot be taken over, for whatever reason, is computed from
    /// <see cref="Resumed"/>; it goes on there, too, so that its first index here was seen there already, or will be: one of the two must be left.
    /// </remarks>
    [Id(8)] public string? MoveFrom { get; init; }

    /// <summary>Whose generation it is: tenants share an engine, and never what it has cached. The grain that asks says it, from its own key; no caller does.</summary>
    [Id(9)] public string Tenant { get; init; } = OwnedKey.LocalTenant;

    /// <summary>What its tenant's limits gave it; set by the grain that owns the turn.</summary>
    [Id(10)] public Reservation? Reservation { get; init; }

    /// <summary>Id of the key that asks, for its tenant's usage; empty where none was needed.</summary>
    [Id(11)] public string Key { get; init; } = "";

    /// <summary>What is to be gone on with, without a chat template; outputs are divided among them by <see cref="Layout"/>.</summary>
    [Id(12)] public RawPrompt[]? Prompts { get; init; }

    /// <summary>Whether the text of an output begins with that of its prompt.</summary>
    [Id(13)] public bool EchoesPrompt { get; init; }

    /// <summary>Whether the first frame of an output has log-probabilities of its prompt's tokens; without effect where <see cref="Sampling"/> asks for none.</summary>
    [Id(17)] public bool ScoresPrompt { get; init; }

    /// <summary>Whether a completion goes on to its end though nobody reads it: it may be asked for again.</summary>
    [Id(14)] public bool RunsUnread { get; init; }

    /// <summary>The span that this is done for, as W3C's <c>traceparent</c>; <see langword="null"/> where nobody traces it.</summary>
    [Id(15)] public string? TraceParent { get; init; }

    /// <summary>Key of the <see cref="IShardGrain"/> that ran the conversation's last turn, and may still have its keys and values.</summary>
    [Id(16)] public string? LastReplica { get; init; }

    /// <summary>
    /// −<see cref="MaxPriority"/> to <see cref="MaxPriority"/>; lower starts earlier among the tenant's waiting requests, equal ones in order of arrival. It moves no other
    /// tenant's, and changes nothing in the reply.
    /// </summary>
    /// <remarks>Left out where it is 0: what was asked before there was one is what is asked without it.</remarks>
    [Id(18), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public int Priority { get; init; }

    /// <summary>Which outputs belong to which prompt.</summary>
    [JsonIgnore]
    public PromptLayout Layout => new(Prompts?.Length ?? 1, Choices);
}
