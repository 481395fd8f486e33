using Granary.TokenLog;
using Granary.TokenLog.Stores;

namespace Granary.Grains.Tests.TokenLog;

/// <summary>One turn at a time.</summary>
internal static class StoreClosing
{
    public static async Task<bool> CloseAsync(this ITokenLogStore store, TurnLease lease, TimeSpan? keep, CancellationToken cancellationToken) =>
        (await store.CloseAsync([new TurnClosing(lease, keep)], cancellationToken))[0];
}
