using Orleans.Core;

namespace Orleans.Runtime;

/// <summary>A grain's stored state: read before the grain is activated, written when the grain says so.</summary>
/// <typeparam name="TState">The state.</typeparam>
public interface IPersistentState<TState> : IStorage<TState>;
