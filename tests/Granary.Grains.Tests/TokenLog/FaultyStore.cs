using Granary.TokenLog;
using Granary.TokenLog.Stores;

namespace Granary.Grains.Tests.TokenLog;

/// <summary>A store in memory that is away, or does not answer, while a test says so.</summary>
internal sealed class FaultyStore : ITokenLogStore
{
    private readonly MemoryTokenLogStore _inner = new(Guid.NewGuid().ToString(), TimeProvider.System);
    private TaskCompletionSource? _gate;

    /// <summary>Whether everything fails.</summary>
    public bool IsAway { get; set; }

    /// <summary>Commits that were tried.</summary>
    public int Commits { get; private set; }

    /// <summary>Records of each commit that succeeded.</summary>
    public List<int> Batches { get; } = [];

    /// <summary>Ends at the next commit that is tried.</summary>
    public TaskCompletionSource Tried { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>From here on commits do not answer, until <see cref="Open"/>.</summary>
    public void Block() => _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open()
    {
        _gate?.TrySetResult();
        _gate = null;
    }

    public Task<StoredTurn> OpenAsync(TurnKey turn, string silo, byte[]? request, CancellationToken cancellationToken) => Check(() => _inner.OpenAsync(turn, silo, request, cancellationToken));

    public async Task CommitAsync(IReadOnlyList<TurnAppend> appends, CancellationToken cancellationToken)
    {
        Commits++;
        Tried.TrySetResult();
        if (_gate is { } gate)
        {
            await gate.Task.WaitAsync(cancellationToken);
        }

        await Check(async () =>
        {
            await _inner.CommitAsync(appends, cancellationToken);
            return true;
        });
        Batches.Add(appends.Sum(append => append.Records.Count));
    }

    public Task<bool[]> CloseAsync(IReadOnlyList<TurnClosing> turns, CancellationToken cancellationToken) => Check(() => _inner.CloseAsync(turns, cancellationToken));

    public Task<StoredTurn?> ReadAsync(TurnKey turn, CancellationToken cancellationToken) => Check(() => _inner.ReadAsync(turn, cancellationToken));

    public Task DeleteAsync(string owner, CancellationToken cancellationToken) => _inner.DeleteAsync(owner, cancellationToken);

    public Task<IReadOnlyList<OpenTurn>> ListOpenAsync(CancellationToken cancellationToken) => Check(() => _inner.ListOpenAsync(cancellationToken));

    public Task ExpireAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<T> Check<T>(Func<Task<T>> access) => IsAway ? Task.FromException<T>(new IOException("The store is away.")) : access();
}
