using Granary.Serving;
using Granary.TokenLog;

namespace Granary.Benchmarks.TokenLogs;

/// <summary>A log that writes nothing: what the load itself costs.</summary>
internal sealed class NullLog : ITokenLog
{
    public Task<LoggedTurn> OpenAsync(TurnKey turn, byte[]? request, CancellationToken cancellationToken) =>
        Task.FromResult(new LoggedTurn(new TurnLease(turn, 1), request, [], false));

    public ValueTask AppendAsync(TurnLease lease, int record, TokenFrame frame, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public Task FailAsync(TurnLease lease, int record, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task CloseAsync(TurnLease lease, TimeSpan? keep, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<bool[]> CloseAsync(IReadOnlyList<TurnClosing> turns, CancellationToken cancellationToken) => Task.FromResult(turns.Select(static _ => true).ToArray());

    public Task<LoggedTurn?> ReadAsync(TurnKey turn, CancellationToken cancellationToken) => Task.FromResult<LoggedTurn?>(null);

    public Task DeleteAsync(string owner, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IReadOnlyList<OpenTurn>> ListOpenAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<OpenTurn>>([]);
}
