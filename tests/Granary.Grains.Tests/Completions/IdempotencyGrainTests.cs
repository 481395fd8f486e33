using Granary.Completions;
using Granary.Grains.Tests.Fixtures;
using Granary.Identity;
using Granary.TokenLog;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Completions;

public sealed class IdempotencyGrainTests(TwoSilos silos) : IClassFixture<TwoSilos>
{
    private static readonly IdempotencyClaim First = new("chatcmpl-1", "a");
    private static readonly IdempotencyClaim Second = new("chatcmpl-2", "b");

    private ITokenLog Log => silos.Cluster.Silo(0).GetRequiredService<ITokenLog>();

    [Fact]
    public async Task Claim_again_after_the_activation_is_gone_gives_the_first()
    {
        var grain = Grain("again");
        Assert.Equal(First, await grain.ClaimAsync(First));
        await silos.Cluster.Client.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);

        Assert.Equal(First, await grain.ClaimAsync(Second));
        Assert.DoesNotContain(await Log.ListOpenAsync(CancellationToken.None), open => open.Turn.Owner == Owner("again"));
    }

    [Fact]
    public async Task Release_of_what_it_stands_for_alone_frees_it()
    {
        var grain = Grain("freed");
        await grain.ClaimAsync(First);

        await grain.ReleaseAsync(Second.CompletionId);
        Assert.Equal(First, await grain.ClaimAsync(Second));
        await grain.ReleaseAsync(First.CompletionId);
        Assert.Equal(Second, await grain.ClaimAsync(Second));
    }

    [Fact]
    public async Task Claim_whose_silo_died_before_it_was_closed_holds_and_is_closed()
    {
        await Log.OpenAsync(new TurnKey(Owner("open"), 0), new IdempotencyRecord(First, TimeProvider.System.GetUtcNow().AddHours(1)).ToBytes(), CancellationToken.None);

        await Grain("open").RecoverAsync(0);

        Assert.True((await Log.ReadAsync(new TurnKey(Owner("open"), 0), CancellationToken.None))!.IsClosed);
        Assert.Equal(First, await Grain("open").ClaimAsync(Second));
    }

    [Fact]
    public async Task Claim_whose_time_is_over_stands_for_nothing()
    {
        var lease = (await Log.OpenAsync(new TurnKey(Owner("old"), 0), new IdempotencyRecord(First, TimeProvider.System.GetUtcNow()).ToBytes(), CancellationToken.None)).Lease;
        await Log.CloseAsync(lease, TimeSpan.FromHours(1), CancellationToken.None);

        Assert.Equal(Second, await Grain("old").ClaimAsync(Second));
    }

    private static string Owner(string key) => $"idempotency/{OwnedKey.Of("acme", key)}";

    private IIdempotencyGrain Grain(string key) => silos.Cluster.Client.GetGrain<IIdempotencyGrain>(OwnedKey.Of("acme", key));
}
