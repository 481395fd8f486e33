using Granary.Completions;
using Granary.Errors;
using Granary.Serving;
using Granary.Sessions;
using Granary.Tenants;

namespace Granary.Gateway.Tests.Scripted;

/// <summary>What a completion's grain does, as far as the gateway sees it; there is one for every id that was started.</summary>
internal sealed class ScriptedCompletion(ScriptedTurn turn)
{
    private string? _id;

    public List<GenerateRequest> Started { get; } = [];

    public TaskCompletionSource Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts whose answer is lost.</summary>
    public int LostAnswers { get; set; }

    public Task<RateLimits?> StartAsync(string model, GenerateRequest request, bool isRepeated = false)
    {
        _id = request.RequestId;
        Started.Add(request);
        return LostAnswers-- > 0
            ? throw new TimeoutException()
            : Task.FromResult<RateLimits?>(null);
    }

    public Task<string> GetModelAsync() => Task.FromResult(_id is null ? throw new GranaryException(ErrorCode.CompletionNotFound, "There is no such completion.") : "m");

    public IAsyncEnumerable<TurnEvent> ReadAsync(int nextRecord, CancellationToken cancellationToken) => turn.ReadAsync(_id!, 0, nextRecord, nextRecord, cancellationToken);

    public Task StopAsync()
    {
        Stopped.TrySetResult();
        return Task.CompletedTask;
    }
}
