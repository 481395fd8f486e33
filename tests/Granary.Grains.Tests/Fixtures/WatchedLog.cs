using System.Collections.Concurrent;
using Granary.Serving;
using Granary.TokenLog;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Fixtures;

/// <summary>A token log that notes when a turn was read.</summary>
internal sealed class WatchedLog(ITokenLog inner, TurnKey watched, ConcurrentQueue<long> reads) : ITokenLog, IAsyncDisposable
{
    /// <summary>Puts it before the silo's own.</summary>
    public static void Add(IServiceCollection services, TurnKey watched, ConcurrentQueue<long> reads)
    {
        var inner = services.Last(service => service.ServiceType == typeof(ITokenLog)).ImplementationFactory!;
        services.AddSingleton<ITokenLog>(provider => new WatchedLog((ITokenLog)inner(provider), watched, reads));
    }

    public Task<LoggedTurn?> ReadAsync(TurnKey turn, CancellationToken cancellationToken)
    {
        if (turn == watched)
        {
            reads.Enqueue(TimeProvider.System.GetTimestamp());
        }

        return inner.ReadAsync(turn, cancellationToken);
    }

    public Task<LoggedTurn> OpenAsync(TurnKey turn, byte[]? request, CancellationToken cancellationToken) => inner.OpenAsync(turn, request, cancellationToken);

    public ValueTask AppendAsync(TurnLease lease, int record, TokenFrame frame, CancellationToken cancellationToken) => inner.AppendAsync(lease, record, frame, cancellationToken);

    public Task FailAsync(TurnLease lease, int record, CancellationToken cancellationToken) => inner.FailAsync(lease, record, cancellationToken);

    public Task CloseAsync(TurnLease lease, TimeSpan? keep, CancellationToken cancellationToken) => inner.CloseAsync(lease, keep, cancellationToken);

    public Task<bool[]> CloseAsync(IReadOnlyList<TurnClosing> turns, CancellationToken cancellationToken) => inner.CloseAsync(turns, cancellationToken);

    public Task DeleteAsync(string owner, CancellationToken cancellationToken) => inner.DeleteAsync(owner, cancellationToken);

    public Task<IReadOnlyList<OpenTurn>> ListOpenAsync(CancellationToken cancellationToken) => inner.ListOpenAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner is IAsyncDisposable disposable ? disposable.DisposeAsync() : ValueTask.CompletedTask;
}
