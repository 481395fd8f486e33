using Granary.Engine.Execution;

namespace Granary.Engine.Scheduling;

/// <summary>Keys and values of one parked sequence: equal pages, the last one perhaps in part.</summary>
/// <param name="Pages">Each as <see cref="IModelRunner.ReadKv"/> gives it.</param>
/// <param name="Tokens">How many tokens they hold.</param>
internal sealed record ParkedKv(NativeBuffer[] Pages, int Tokens);
