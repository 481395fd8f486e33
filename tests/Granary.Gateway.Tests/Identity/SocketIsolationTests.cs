using System.Net.WebSockets;
using Granary.Gateway.Sockets;
using Granary.Gateway.Tests.Running;
using Granary.Gateway.Tests.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Gateway.Tests.Identity;

/// <summary>Every type of message that the plain WebSocket takes, with another tenant's conversation or completion.</summary>
[Collection(KeyedGatewayTests.Name)]
public sealed class SocketIsolationTests(KeyedGateway gateway)
{
    /// <summary>What a type is sent with, and refused with; <see langword="null"/>: it takes nothing that could be another's. A new type is missing here until somebody has thought about it.</summary>
    private static readonly Dictionary<string, (Func<string, string, object> Ask, string? Refusal)?> Types = new(StringComparer.Ordinal)
    {
        ["create"] = null,
        ["complete"] = null,
        ["send"] = ((session, _) => new { id = "x", type = "send", sessionId = session, message = new { text = "x" } }, "session_not_found"),
        ["resume"] = ((session, _) => new { id = "x", type = "resume", sessionId = session, turn = 0, nextIndex = 0 }, "session_not_found"),
        ["stop"] = ((session, _) => new { id = "x", type = "stop", sessionId = session }, null), // nothing runs there, as far as the thief is told
        ["follow"] = ((_, completion) => new { id = "x", type = "follow", completionId = completion }, "completion_not_found"),
    };

    [Fact]
    public async Task Type_withAnotherTenantsIds_doesWhatItDoesWithNone()
    {
        using var own = await ConnectAsync("victim");
        var session = (await own.AskAsync(new { id = "1", type = "create" }))[^1].GetProperty("result").GetProperty("id").GetString()!;
        await own.AskAsync(new { id = "2", type = "send", sessionId = session, message = new { text = "the victim's secret" } });
        var body = new { model = EchoGateway.Model, messages = new[] { new { role = "user", content = "the victim's secret" } } };
        var completion = (await own.AskAsync(new { id = "3", type = "complete", body }))[0].GetProperty("event").GetProperty("id").GetString()!;
        var none = completion[..^6] + (completion.EndsWith("000010", StringComparison.Ordinal) ? "100010" : "000010");
        using var thief = await ConnectAsync("thief");

        foreach (var type in gateway.Services.GetRequiredService<SocketCalls>().Types)
        {
            Assert.True(Types.TryGetValue(type, out var known), $"{type} is new: say here what it does with another tenant's ids");
            if (known is not { } asked)
                continue;
            Assert.Equal((type, asked.Refusal), (type, await thief.RefusalAsync(asked.Ask(session, completion))));
            Assert.Equal((type, asked.Refusal), (type, await thief.RefusalAsync(asked.Ask(Guid.NewGuid().ToString("N"), none))));
        }

        var kept = await own.AskAsync(new { id = "4", type = "resume", sessionId = session, turn = 0, nextIndex = 0 });
        Assert.Contains(kept, item => item.GetRawText().Contains(" secret", StringComparison.Ordinal));
        Assert.Null(await own.RefusalAsync(new { id = "5", type = "follow", completionId = completion }));
    }

    private async Task<ClientWebSocket> ConnectAsync(string tenant) => await SocketClient.ConnectAsync(gateway.Url, (await gateway.CreateKeyAsync(tenant)).ToString());
}
