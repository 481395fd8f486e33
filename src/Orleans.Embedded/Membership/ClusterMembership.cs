
namespace Orleans.Runtime.Membership;

/// <summary>
/// This silo's place in the cluster: joins, leaves, reads the table and tells the rest of the silo about every new view, in order. Who watches whom is in <see cref="SiloWatch"/>.
/// </summary>
internal sealed class ClusterMembership(SiloRuntime silo, IMembershipTable table) : IAsyncDisposable
{
    private readonly SemaphoreSlim _applying = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource _changed = NewSource();
    private MembershipEntry? _self;
    private Task _loops = Task.CompletedTask;

    public ClusterView Current { get; private set; } = ClusterView.Empty;

    public SiloStatus Status => _self?.Status ?? SiloStatus.Created;

    /// <summary>Enters the table as joining, clearing older lives of this endpoint away.</summary>
    public async Task JoinAsync(CancellationToken token)
    {
        await table.InitializeMembershipTable(true).WaitAsync(token);
        await RefreshAsync();
        foreach (var member in Current.Members.Where(member => member.Status != SiloStatus.Dead && member.SiloAddress.IsPredecessorOf(silo.Address)))
        {
            await UpdateAsync(member.SiloAddress, static entry => entry.Status = SiloStatus.Dead);
        }

        await SetStatusAsync(SiloStatus.Joining, token);
        _loops = Task.WhenAll(
            EveryAsync(silo.MembershipOptions.IAmAliveTablePublishTimeout, SayAliveAsync),
            EveryAsync(silo.MembershipOptions.TableRefreshTimeout, RefreshAsync),
            EveryAsync(silo.MembershipOptions.DefunctSiloCleanupPeriod ?? Timeout.InfiniteTimeSpan, CleanUpAsync));
    }

    /// <summary>Writes this silo's status and waits until this silo sees it.</summary>
    public async Task SetStatusAsync(SiloStatus status, CancellationToken token)
    {
        var now = silo.Time.GetUtcNow().UtcDateTime;
        _self ??= new()
        {
            SiloAddress = silo.Address,
            SiloName = silo.Name,
            HostName = System.Net.Dns.GetHostName(),
            RoleName = silo.Name,
            ProxyPort = silo.GatewayPort,
            StartTime = now,
        };
        _self.Status = status;
        _self.IAmAliveTime = now;
        while (true)
        {
            token.ThrowIfCancellationRequested();
            var data = await table.ReadAll();
            var row = data.TryGet(silo.Address);
            if (row?.Item1.Status == SiloStatus.Dead)
            {
                await ApplyAsync(data);
                return;
            }

            if (row is null ? await table.InsertRow(_self, data.Version.Next()) : await table.UpdateRow(_self, row.Item2, data.Version.Next()))
            {
                break;
            }

            await Task.Delay(Random.Shared.Next(5, 50), token);
        }

        await RefreshAsync();
        await GossipAsync();
    }

    /// <summary>Reads the table and applies what is new.</summary>
    public async Task RefreshAsync() => await ApplyAsync(await table.ReadAll());

    /// <summary>Waits until this silo's view is at least that new.</summary>
    public async Task EnsureViewAsync(int version)
    {
        while (silo.Directory.Partition.Ring.View < version)
        {
            var changed = _changed.Task;
            await RefreshAsync();
            if (silo.Directory.Partition.Ring.View < version)
            {
                await changed.WaitAsync(TimeSpan.FromMilliseconds(200), silo.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>
    /// Says that a silo does not answer. It is declared dead when the evidence is conclusive (nobody listens there any more) or enough silos have said so lately.
    /// A silo that is dead itself has no say: nobody answers it.
    /// </summary>
    public async Task SuspectAsync(SiloAddress suspect, bool isConclusive)
    {
        if (_stopping.IsCancellationRequested || Status == SiloStatus.Dead || !silo.MembershipOptions.LivenessEnabled)
        {
            return;
        }

        var isDead = false;
        var changed = await UpdateAsync(suspect, entry =>
        {
            var now = silo.Time.GetUtcNow().UtcDateTime;
            var expired = now - silo.MembershipOptions.DeathVoteExpirationTimeout;
            entry.SuspectTimes?.RemoveAll(vote => vote.Item2 < expired);
            entry.AddOrUpdateSuspector(silo.Address, now, silo.MembershipOptions.NumVotesForDeathDeclaration);
            isDead = isConclusive || entry.SuspectTimes!.Count >= VotesNeeded(now);
            if (isDead)
            {
                entry.Status = SiloStatus.Dead;
            }
        });
        if (changed)
        {
            silo.Logs.Suspected(suspect, isDead);
        }
    }

    /// <summary>Tells the others to read the table.</summary>
    public Task GossipAsync() => !silo.MembershipOptions.UseLivenessGossip
        ? Task.CompletedTask
        : Task.WhenAll(Current.LiveSilos.Where(other => !other.Equals(silo.Address)).Select(TellAsync));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loops.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // A majority of a small cluster, the configured number in a large one. Silos that have stopped saying that they are alive have no vote.
    private int VotesNeeded(DateTime now)
    {
        var silent = now - (silo.MembershipOptions.IAmAliveTablePublishTimeout * silo.MembershipOptions.NumMissedTableIAmAliveLimit);
        var voters = Current.Members.Count(member => member.Status == SiloStatus.Active && member.IAmAliveTime > silent);
        return Math.Max(1, Math.Min(silo.MembershipOptions.NumVotesForDeathDeclaration, (voters + 1) / 2));
    }

    private async Task TellAsync(SiloAddress other)
    {
        try
        {
            await silo.SystemTargets.Get<Management.ISiloControl>(other).RefreshAsync(Current.Version).WaitAsync(TimeSpan.FromSeconds(1), silo.Time);
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            // It reads the table by itself in time.
        }
    }

    private async Task<bool> UpdateAsync(SiloAddress address, Action<MembershipEntry> change)
    {
        while (true)
        {
            var data = await table.ReadAll();
            if (data.TryGet(address) is not { Item1.Status: not SiloStatus.Dead } row)
            {
                await ApplyAsync(data);
                return false;
            }

            change(row.Item1);
            if (await table.UpdateRow(row.Item1, row.Item2, data.Version.Next()))
            {
                await RefreshAsync();
                await GossipAsync();
                return true;
            }

            await Task.Delay(Random.Shared.Next(5, 50));
        }
    }

    private async Task ApplyAsync(MembershipTableData data)
    {
        await _applying.WaitAsync();
        try
        {
            var previous = Current;
            if (data.Version.Version <= previous.Version)
            {
                return;
            }

            var view = new ClusterView(data.Version.Version, data.Members.Select(row => row.Item1));
            Current = view;
            if (_self is not null && view.StatusOf(silo.Address) == SiloStatus.Dead)
            {
                if (_self.Status != SiloStatus.Dead)
                {
                    _self.Status = SiloStatus.Dead;
                    silo.OnDeclaredDead();
                }

                return;
            }

            silo.OnViewChanged(previous, view);
        }
        finally
        {
            Interlocked.Exchange(ref _changed, NewSource()).TrySetResult();
            _applying.Release();
        }
    }

    private async Task SayAliveAsync()
    {
        _self!.IAmAliveTime = silo.Time.GetUtcNow().UtcDateTime;
        await table.UpdateIAmAlive(_self);
    }

    private Task CleanUpAsync() => table.CleanupDefunctSiloEntries(silo.Time.GetUtcNow() - silo.MembershipOptions.DefunctSiloExpiration);

    private async Task EveryAsync(TimeSpan period, Func<Task> action)
    {
        if (period == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        using var timer = new PeriodicTimer(period, silo.Time);
        while (await timer.WaitForNextTickAsync(_stopping.Token))
        {
            try
            {
                await action();
            }
            catch (Exception exception)
            {
                // The store may be away for a while; the cluster goes on as it was last seen.
                silo.Logs.TableUnavailable(exception);
            }
        }
    }
}
