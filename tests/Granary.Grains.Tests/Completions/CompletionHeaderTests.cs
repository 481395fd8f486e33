using System.Text.Json;
using Granary.Completions;
using Granary.Models;
using Granary.Serving;
using Granary.Tenants;

namespace Granary.Grains.Tests.Completions;

public sealed class CompletionHeaderTests
{
    private static readonly CompletionHeader Plain = new("m", new GenerateRequest { RequestId = "r", Messages = [new ChatMessage(ChatRole.User, "Hi")], Sampling = new() { Temperature = 0 } });

    private static readonly CompletionHeader Full = new("m", new GenerateRequest
    {
        RequestId = "r",
        Prompts = [new RawPrompt("a"), new RawPrompt(null, [1, 2])],
        Sampling = new()
        {
            Temperature = 0, TopP = 1, Seed = 0, Stop = ["x"], IgnoreEndOfSequence = false, LogitBias = [new TokenBias(3, -1)],
            Constraint = new OutputConstraint { Kind = ConstraintKind.Choice, Choices = ["a", "b"] },
        },
        Choices = 2,
        Tools = new ToolUse { Definitions = [], AllowsSeveral = false },
        Tenant = "t",
        Key = "k",
        EchoesPrompt = true,
        Priority = -100,
        Reservation = new Reservation { Tenant = "t", Turn = "turn", Silo = "s", Epoch = 3, At = DateTimeOffset.UnixEpoch, Weight = 0 },
    });

    public static TheoryData<bool> Headers => [true, false];

    [Theory]
    [MemberData(nameof(Headers))]
    public void FromBytes_readsWhatToBytesWrote(bool isFull)
    {
        var header = isFull ? Full : Plain;

        Assert.Equal(JsonSerializer.Serialize(header), JsonSerializer.Serialize(CompletionHeader.FromBytes(header.ToBytes())));
    }

    [Theory]
    [MemberData(nameof(Headers))]
    public void FromBytes_readsHeadersThatSayEverything(bool isFull)
    {
        var header = isFull ? Full : Plain;

        Assert.Equal(JsonSerializer.Serialize(header), JsonSerializer.Serialize(CompletionHeader.FromBytes(JsonSerializer.SerializeToUtf8Bytes(header))));
    }

    [Fact]
    public void ToBytes_saysNothingOfWhatTheRequestDoesNotSay() => Assert.DoesNotContain("null", System.Text.Encoding.UTF8.GetString(Plain.ToBytes()), StringComparison.Ordinal);
}
