namespace Granary.Tenants;

/// <summary>A request that the lease has no room for, until the tenant has answered.</summary>
/// <param name="Key">Id of the key that asks.</param>
/// <param name="Turn">The turn; <see langword="null"/> where it is only asked whether there is room.</param>
/// <param name="Prompt">Tokens of its prompt, where they are known.</param>
/// <param name="Tokens">What it needs.</param>
/// <param name="Since">When it came.</param>
internal sealed record WaitingRequest(string Key, string? Turn, long Prompt, long Tokens, long Since)
{
    /// <summary>How it was admitted; <see langword="null"/> where there is room.</summary>
    public TaskCompletionSource<Admission?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
