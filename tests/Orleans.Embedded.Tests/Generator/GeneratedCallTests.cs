using Orleans.Embedded.Tests.Serialization;

namespace Orleans.Embedded.Tests.Generator;

public sealed class GeneratedCallTests
{
    private static readonly GrainId Id = GrainId.Create("custom", "1");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_every_kind_of_method_reaches_the_grain(bool overWire)
    {
        var (proxy, grain, _) = Create(overWire);
        var numbers = new List<int> { 1, 2 };

        await proxy.DoAsync(numbers);
        await proxy.FireAsync("fired");
        await proxy.NothingAsync();

        Assert.Equal([1, 2], numbers);
        Assert.Equal(["1,2", "fired"], grain.Seen);
        Assert.Equal(5, await proxy.AddAsync(2, 3));
        Assert.Equal("ab", await proxy.AddAsync("a", "b"));
        Assert.Equal("name", await proxy.GetNameAsync());
        Assert.IsType<Circle>(await proxy.EchoAsync(new Circle()));
        Assert.False(await proxy.FlagsAsync(CancellationToken.None));
        Assert.True(await proxy.FlagsAsync(new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_that_fails_throws_what_the_grain_threw(bool overWire)
    {
        var (proxy, _, _) = Create(overWire);

        var error = await Assert.ThrowsAsync<CodedException>(proxy.FailAsync);

        Assert.Equal((7, "failed"), (error.Code, error.Message));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_with_references_passes_proxies(bool overWire)
    {
        var (proxy, _, sender) = Create(overWire);
        var observer = new SampleObserver();
        var observerId = GrainId.Create("observer", "o");
        sender.Targets[observerId] = observer;
        var reference = (ISampleObserver)TypeRegistry.Instance.GetInterface(typeof(ISampleObserver)).CreateReference(observerId, sender);

        var returned = await proxy.PassAsync(proxy, reference);

        Assert.Equal(proxy, returned);
        Assert.Equal(["passed"], observer.Seen);
        Assert.Equal(5, await returned.AddAsync(2, 3));
        await Assert.ThrowsAsync<SerializerException>(() => proxy.PassAsync(proxy, observer));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_yields_items_and_observes_the_token(bool overWire)
    {
        var (proxy, _, _) = Create(overWire);
        var items = new List<int>();

        await foreach (var item in proxy.CountAsync(3))
        {
            items.Add(item);
        }

        Assert.Equal([0, 1, 2], items);
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await proxy.CountAsync(3, new CancellationToken(canceled: true)).GetAsyncEnumerator(TestContext.Current.CancellationToken).MoveNextAsync());
    }

    [Fact]
    public async Task Call_in_silo_copies_arguments_and_results_unless_immutable()
    {
        var (proxy, _, _) = Create(overWire: false);
        var numbers = new List<int> { 1 };
        var circle = new Circle();

        var kept = await proxy.KeepAsync(numbers);
        var echoed = await proxy.EchoAsync(circle);

        Assert.NotSame(numbers, kept);
        Assert.NotSame(circle, echoed);
    }

    [Fact]
    public void Manifest_describes_methods()
    {
        var methods = TypeRegistry.Instance.GetInterface(typeof(ISampleGrain)).Methods.ToDictionary(m => m.WireName);
        var flags = methods["sample.grain/FlagsAsync(System.Threading.CancellationToken)"];

        Assert.True(flags is { IsReadOnly: true, IsAlwaysInterleave: true, IsOneWay: false, HasCancellationToken: true, ArgumentCount: 0 });
        Assert.Equal(TimeSpan.FromSeconds(7), flags.ResponseTimeout);
        Assert.Contains("sample.grain/overload", methods.Keys);
        Assert.True(methods["sample.grain/CountAsync(int,System.Threading.CancellationToken)"].IsStream);
        Assert.All(methods.Values, m => Assert.NotNull(m.MethodInfo));
        Assert.All(methods.Values, m => Assert.Same(m, TypeRegistry.Instance.FindMethod(m.Id)));
    }

    [Fact]
    public void Manifest_describes_grain_classes()
    {
        TypeRegistry.Instance.Register(typeof(SampleGrain).Assembly);
        var sample = TypeRegistry.Instance.GrainClasses.Single(c => c.Type == typeof(SampleGrain));
        var unnamed = TypeRegistry.Instance.GrainClasses.Single(c => c.Type == typeof(UnnamedGrain));
        var fire = TypeRegistry.Instance.GetInterface(typeof(ISampleGrain)).Methods.Single(m => m.Name == "FireAsync").Create();

        Assert.Equal("custom", sample.GrainType.ToString());
        Assert.Equal([typeof(ISampleGrain)], sample.Interfaces);
        Assert.True(sample.IsReentrant);
        Assert.True(sample.MayInterleave!(new SampleGrain(), fire));
        Assert.Equal("unnamed", unnamed.GrainType.ToString());
        Assert.False(unnamed.IsReentrant);
    }

    [Fact]
    public void Arguments_are_seen_and_replaced_by_filters()
    {
        var request = TypeRegistry.Instance.GetInterface(typeof(ISampleGrain)).Methods.Single(m => m.WireName.EndsWith("AddAsync(int,int)", StringComparison.Ordinal)).Create();

        request.SetArgument(1, 9);

        Assert.Equal(2, request.GetArgumentCount());
        Assert.Equal(9, request.GetArgument(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => request.GetArgument(2));
    }

    private static (ISampleGrain Proxy, SampleGrain Grain, LoopbackSender Sender) Create(bool overWire)
    {
        var grain = new SampleGrain();
        var sender = new LoopbackSender(overWire) { Targets = { [Id] = grain } };
        return ((ISampleGrain)TypeRegistry.Instance.GetInterface(typeof(ISampleGrain)).CreateReference(Id, sender), grain, sender);
    }
}
