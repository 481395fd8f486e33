using System.Collections.Concurrent;

namespace Granary.Grains.Tests.Fixtures;

/// <summary>What a scripted engine does for one request, and what it saw.</summary>
internal sealed class ScriptedGeneration
{
    /// <summary>Tokens until the end.</summary>
    public int Length { get; set; } = 5;

    /// <summary>One permit a token; <see langword="null"/> generates without waiting.</summary>
    public SemaphoreSlim? Steps { get; set; }

    /// <summary>Thrown in place of the token with this index.</summary>
    public (int At, Exception Error)? Failure { get; set; }

    /// <summary>Tokens that each request for it said were generated already; <see langword="null"/> from a new one.</summary>
    public ConcurrentQueue<int?> Resumed { get; } = new();

    /// <summary>Spans that each request for it named.</summary>
    public ConcurrentQueue<string?> TraceParents { get; } = new();

    /// <summary>Priorities that each request for it had.</summary>
    public ConcurrentQueue<int> Priorities { get; } = new();

    /// <summary>The prompt with its special tokens.</summary>
    public TaskCompletionSource<string> Prompt { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the engine stopped working for the request; gives the number of tokens generated.</summary>
    public TaskCompletionSource<int> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
