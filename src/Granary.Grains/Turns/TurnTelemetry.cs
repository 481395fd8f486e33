using System.Diagnostics;
using Granary.Diagnostics;
using Granary.Errors;

namespace Granary.Turns;

/// <summary>Spans of turns: from where a silo takes one up to its end there, on whatever replicas it runs meanwhile.</summary>
internal static class TurnTelemetry
{
    /// <summary>Begins the span of a turn, if its request is traced.</summary>
    public static Activity? Start(TurnPlan plan) => GranaryTelemetry.StartSpan("turn", plan.Request.TraceParent)?
        .SetTag("gen_ai.conversation.id", plan.Request.SessionId)
        .SetTag("gen_ai.request.model", plan.Model)
        .SetTag("granary.turn", plan.Key.Turn);

    /// <summary>The turn broke off.</summary>
    public static void Fail(this Activity span, GranaryException failure) => span
        .SetTag("error.type", failure.Code.Name())
        .SetStatus(ActivityStatusCode.Error, failure.Message);

    /// <summary>Notes on the running turn's span that another replica goes on with it.</summary>
    /// <param name="what"><c>failover</c> or <c>move</c>.</param>
    /// <param name="shard">Whom it leaves, or moves to.</param>
    /// <param name="reason">Why, as a code.</param>
    public static void NoteReplica(string what, string? shard, string? reason = null) => Activity.Current?.AddEvent(
        new ActivityEvent(what, tags: new ActivityTagsCollection { ["granary.shard"] = shard, ["granary.reason"] = reason }));
}
