using Granary.Errors;
using Granary.Models;

namespace Granary.Turns;

/// <summary>How a turn ended.</summary>
/// <param name="Number">The turn.</param>
/// <param name="Text">Everything that was generated.</param>
/// <param name="Reason">Why it ended; without meaning when it failed.</param>
/// <param name="Failure">What broke it, if something did.</param>
/// <param name="Replica">Key of the shard that answered last; <see langword="null"/> where none did here.</param>
internal sealed record TurnOutcome(int Number, string Text, FinishReason Reason, GranaryException? Failure, string? Replica = null);
