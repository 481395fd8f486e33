using Granary.Chaos.Silos;
using Granary.Serving;
using Granary.TokenLog;
using Granary.TokenLog.Frames;
using Granary.TokenLog.Stores;

namespace Granary.Chaos.Ledgers;

/// <summary>The token log as it is in the store: read past all silos, so that nothing they remember can hide what was not written.</summary>
internal sealed class StoredLog(ChaosCluster cluster) : IAsyncDisposable
{
    private const string Service = "granary"; // ServiceId of silo-config/az-*.json
    private readonly ITokenLogStore _store = cluster.Setup.Storage == "redis"
        ? new RedisTokenLogStore(cluster.Redis.ConnectionString, Service, new TokenLogOptions())
        : new PostgresTokenLogStore(cluster.Postgres.ConnectionString, Service, new TokenLogOptions());

    /// <summary>A turn's frames and the epoch of whoever opened it last; <see langword="null"/> if the store has no such turn.</summary>
    public async Task<(long Epoch, IReadOnlyList<TokenFrame> Frames)?> ReadAsync(string session, int turn, CancellationToken cancellationToken) =>
        await _store.ReadAsync(new TurnKey($"session/{session}", turn), cancellationToken) is { } stored ? (stored.Epoch, FrameCodec.DecodeAll(stored.Records)) : null;

    /// <summary>The silo that runs a turn; it moves, so where a conversation was created does not tell where it is.</summary>
    /// <exception cref="InvalidOperationException">The turn has ended.</exception>
    public async Task<ChaosSilo> HolderAsync(string session, int turn, CancellationToken cancellationToken)
    {
        var key = new TurnKey($"session/{session}", turn);
        var open = (await _store.ListOpenAsync(cancellationToken)).Where(candidate => candidate.Turn == key).Select(candidate => candidate.Silo).ToList();
        return cluster.Silos.FirstOrDefault(silo => open.Exists(address => address.Contains($":{silo.SiloPort}@", StringComparison.Ordinal)))
            ?? throw new InvalidOperationException($"nobody runs turn {turn} of {session}; it is said to be at '{string.Join(", ", open)}'");
    }

    /// <summary>Ends when somebody has opened the turn a second time.</summary>
    /// <returns>The epoch.</returns>
    /// <exception cref="TimeoutException">Nobody did.</exception>
    public async Task<long> UntilTakenOverAsync(string session, int turn, TimeSpan patience, CancellationToken cancellationToken)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(begin) < patience)
        {
            if (await ReadAsync(session, turn, cancellationToken) is ( > 1 and var epoch, _))
            {
                return epoch;
            }

            await Task.Delay(50, cancellationToken);
        }

        throw new TimeoutException($"nobody took turn {turn} of {session} over in {patience}");
    }

    /// <summary>The turns that somebody still holds open.</summary>
    public async Task<IReadOnlyList<string>> ListOpenAsync(CancellationToken cancellationToken) =>
        [.. (await _store.ListOpenAsync(cancellationToken)).Select(open => $"{open.Turn.Owner}/{open.Turn.Turn} at {open.Silo}")];

    /// <summary>Holds what a reader was shown of a whole turn against the rows.</summary>
    public async Task CompareAsync(TurnLedger shown, Journal journal, CancellationToken cancellationToken)
    {
        if (await ReadAsync(shown.Session, shown.Turn!.Value, cancellationToken) is not (_, var frames))
        {
            journal.Differs("lost", shown.Where, "the store has no such turn");
            return;
        }

        var next = 0;
        foreach (var frame in frames)
        {
            if (frame.FirstIndex != next)
            {
                journal.Differs(frame.FirstIndex > next ? "hole" : "repeat", shown.Where, $"a record at {frame.FirstIndex} where {next} was next");
            }

            next = frame.FirstIndex + frame.Tokens.Length;
        }

        if (!frames.SelectMany(frame => frame.Tokens).SequenceEqual(shown.Tokens) || string.Concat(frames.Select(frame => frame.Text)) != shown.Text)
        {
            journal.Differs("difference", shown.Where, $"{shown.Tokens.Count} tokens were shown, the store has {next}, or others");
        }
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
