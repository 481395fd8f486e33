namespace Orleans.Runtime;

/// <summary>Runs code whose tasks and timers must not inherit the caller's async-local values.</summary>
internal static class CleanContext
{
    public static TResult Run<TState, TResult>(TState state, Func<TState, TResult> action)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return action(state);
        }

        using (ExecutionContext.SuppressFlow())
        {
            return action(state);
        }
    }
}
