using Granary.Clustering;
using Granary.Serving;
using Granary.Sessions;
using Granary.Tenants;
using Granary.TokenLog;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granary.Turns;

/// <summary>What a turn needs from its silo.</summary>
internal sealed class TurnServices(
    ITokenLog log, IReplicaRouter router, LocalTurns local, LocalTurnReader reader, LocalDrain drain, TenantQuotas quotas, TurnSettlements settlements, IOptions<FailoverOptions> failover, TimeProvider time, ILogger<Turn> logger)
{
    public ITokenLog Log => log;

    public IReplicaRouter Router => router;

    public LocalTurns Local => local;

    public LocalTurnReader Reader => reader;

    public LocalDrain Drain => drain;

    public TenantQuotas Quotas => quotas;

    public TurnSettlements Settlements => settlements;

    public FailoverOptions Failover => failover.Value;

    public TimeProvider Time => time;

    public ILogger Logger => logger;
}
