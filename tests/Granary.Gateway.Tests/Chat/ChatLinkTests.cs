using Granary.Conformance.Support;
using Granary.Gateway.Tests.Running;
using Granary.Gateway.Tests.Scripted;
using Granary.Host.Chat;

namespace Granary.Gateway.Tests.Chat;

/// <summary>The command line's way to the hub when gateways go.</summary>
public sealed class ChatLinkTests
{
    private const string Id = "0123456789abcdef0123456789abcdef";
    private const int Length = 20;

    private readonly Uri _one = new($"http://127.0.0.1:{FreePorts.Next()}");
    private readonly Uri _two = new($"http://127.0.0.1:{FreePorts.Next()}");
    private readonly ScriptedGrains _grains = new();
    private readonly ScriptedTurn _turn = ScriptedTurn.Words(Length);
    private readonly ScriptedSession _session;

    public ChatLinkTests() => _grains.Sessions[Id] = _session = new ScriptedSession(Id, _turn);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Say_whoseGatewayGoes_goesOnAtAnother_andComesBack(int after)
    {
        _turn.Holds = after;
        await using var second = await StartAsync(_two);
        var first = await StartAsync(_one);
        await using var link = new ChatLink(_one, TimeProvider.System);
        await link.StartAsync(TestContext.Current.CancellationToken);

        var (tokens, isGone) = (new List<int>(), false);
        await foreach (var item in link.SayAsync(Id, "Hello", TestContext.Current.CancellationToken))
        {
            tokens.AddRange(item.Frame?.Ids ?? []);
            if (isGone || tokens.Count < after)
                continue;
            isGone = true;
            await first.DisposeAsync();
            _turn.Release();
        }

        Assert.Equal(Enumerable.Range(0, Length), tokens);
        Assert.Single(_session.Sent);
        await using var again = await StartAsync(_one);
        await second.DisposeAsync();
        Assert.Equal(2, (await link.InvokeAsync<string[]>("Gateways", TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public async Task Say_refused_isNotRepeated()
    {
        await using var first = await StartAsync(_one);
        await using var link = new ChatLink(_one, TimeProvider.System);
        await link.StartAsync(TestContext.Current.CancellationToken);

        var refusal = await Assert.ThrowsAsync<HubException>(async () =>
        {
            await foreach (var _ in link.SayAsync("nobody", "Hello", TestContext.Current.CancellationToken))
            {
            }
        });

        Assert.Equal("session_not_found", refusal.Code);
    }

    private Task<ScriptedGateway> StartAsync(Uri url) =>
        ScriptedGateway.StartAsync(url, _grains, _one.GetLeftPart(UriPartial.Authority), _two.GetLeftPart(UriPartial.Authority));
}
