using System.Net;
using Granary.Clustering;
using Granary.Deployments;
using Granary.Engine.Experts;
using Granary.Errors;
using Granary.Shards;

namespace Granary.Grains.Tests.Shards.Experts;

public sealed class RemoteExpertsTests : IDisposable
{
    private const int First = 0; // the silo that is placed first
    private static readonly SiloAddress Here = Address(0);
    private readonly Members _members = new();
    private readonly Dictionary<SiloAddress, ExpertDouble> _grains = [];
    private readonly ExpertMetrics _metrics = new();
    private readonly ExpertsOptions _options = new() { MaxCallsPerSilo = 2, MinHedgeDelay = TimeSpan.FromMilliseconds(20), RepairTimeout = TimeSpan.FromSeconds(1), CallTimeout = TimeSpan.FromSeconds(1) };
    private readonly ExpertTable _table;
    private readonly RemoteExperts _experts;

    public RemoteExpertsTests()
    {
        _table = new ExpertTable(Here, address => _grains[address] = new ExpertDouble(), _options, TimeProvider.System);
        _experts = new RemoteExperts("model", _table, _members, _metrics, _options, TimeProvider.System);
    }

    public void Dispose()
    {
        _table.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public async Task Run_whenTheFirstIsSlowerThanItUsuallyIs_asksAReplica_andSparesTheSlowOneForAWhile()
    {
        Place((1, [0, 1]), (2, [0, 1]));
        for (var i = 0; i < 40; i++)
        {
            await _experts.RunAsync(First, Batch(0, 1));
        }

        _grains[Address(1)].Hold = new TaskCompletionSource();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(2, Number(await _experts.RunAsync(First, Batch(0, 1))));
        }

        var asked = _grains[Address(1)].Asked;
        Assert.Equal(2, Number(await _experts.RunAsync(First, Batch(0, 1))));
        Assert.Equal(asked, _grains[Address(1)].Asked);
        _grains[Address(1)].Hold!.SetResult();
    }

    [Fact]
    public async Task Run_whenNoSingleReplicaHasAllExperts_asksSeveral_andAddsWhatTheyGive()
    {
        Place((1, [0, 1]), (2, [0]), (3, [1]));
        for (var i = 0; i < 40; i++)
        {
            await _experts.RunAsync(First, Batch(0, 1));
        }

        _grains[Address(1)].Hold = new TaskCompletionSource();
        var reply = await _experts.RunAsync(First, Batch(0, 1));
        Assert.Equal(2 + 3, Number(reply));
        _grains[Address(1)].Hold!.SetResult();
    }

    [Fact]
    public async Task Run_holdsCallsBackThatASiloHasNoRoomFor()
    {
        Place((1, [0]));
        var grain = _grains[Address(1)];
        grain.Hold = new TaskCompletionSource();
        var calls = Enumerable.Range(0, 4).Select(_ => _experts.RunAsync(First, Batch(0))).ToArray();
        Assert.Equal(2, grain.Asked);
        grain.Hold.SetResult();
        await Task.WhenAll(calls);
        Assert.Equal(4, grain.Asked);
        Assert.Equal(2, grain.MostAtOnce);
    }

    [Fact]
    public async Task Run_whenTheSiloDies_failsThoughItsCallNeverEnds()
    {
        Place((1, [0]));
        _grains[Address(1)].Hold = new TaskCompletionSource();
        var call = _experts.RunAsync(First, Batch(0));
        _members.Remove(Address(1));
        Assert.Equal(ErrorCode.Unavailable, (await Assert.ThrowsAsync<GranaryException>(() => call)).Code);
    }

    [Fact]
    public async Task Repair_waitsForAPlacementWithALivingHolder_orGivesUp()
    {
        Place((1, [0]));
        var seen = _experts.Placement;
        _members.Remove(Address(1));
        var repair = _experts.RepairAsync(seen, [new ExpertId(0, 0)]);
        Place((2, [0]));
        Assert.Same(_experts.Placement, await repair);

        _members.Remove(Address(2));
        var error = await Assert.ThrowsAsync<GranaryException>(() => _experts.RepairAsync(_experts.Placement, [new ExpertId(0, 0)]));
        Assert.Contains("1 experts of 'model'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repair_whereTheHolderLives_asksItOnceMore()
    {
        Place((1, [0]));
        var seen = _experts.Placement;
        var again = await _experts.RepairAsync(seen, [new ExpertId(0, 0)]);
        Assert.NotSame(seen, again);
        Assert.Equal(seen.Of(new ExpertId(0, 0)).ToArray(), again.Of(new ExpertId(0, 0)).ToArray());
    }

    private static float Number(ExpertReply reply) => BitConverter.ToSingle(reply.Sums);

    private static SiloAddress Address(int number) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1000 + number), 1);

    private void Place(params (int Silo, int[] Experts)[] holders)
    {
        foreach (var (silo, _) in holders)
        {
            _members.Add(Address(silo));
        }

        _experts.Place([.. holders.Select(holder => new ExpertHolder
        {
            Silo = $"{holder.Silo}", Address = Address(holder.Silo).ToParsableString(), Zone = "", Layers = [holder.Experts], Bytes = 0, Reason = "",
        })]);
        foreach (var (silo, _) in holders)
        {
            _grains[Address(silo)].Value = silo;
        }
    }

    /// <summary>One token that has chosen experts of layer 0, of one number, in fp32.</summary>
    private static ExpertBatch Batch(params int[] experts) => new()
    {
        Layer = 0, Format = HiddenFormat.Fp32, Hidden = new byte[4], Ends = [experts.Length], Experts = experts, Weights = new float[experts.Length],
    };

    private sealed class Members : ISiloMembers
    {
        private volatile SiloMember[] _active = [];

        public IReadOnlyList<SiloMember> Active => _active;

        public string Zone(SiloAddress silo) => "";

        public void Add(SiloAddress address) => _active = [.. _active.Where(member => !member.Address.Equals(address)), new SiloMember(address, "", "")];

        public void Remove(SiloAddress address) => _active = [.. _active.Where(member => !member.Address.Equals(address))];
    }
}
