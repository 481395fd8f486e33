using Granary.Engine;
using Granary.Grains.Tests.Fixtures;
using Granary.Models;
using Granary.Models.ToolCalls;
using Granary.Serving;
using Granary.Shards;

namespace Granary.Grains.Tests.Shards;

/// <summary>Outputs that go on, cut at every token.</summary>
public sealed class ChoiceStreamTests
{
    private static readonly ToolUse Tools = new() { Definitions = [new ToolDefinition("add", null, """{"type":"object"}""")] };

    /// <summary>A call that must be made is written into the log in pieces: wherever an output goes on, the rest of the pieces follows.</summary>
    [Theory]
    [InlineData("""{"name": "add", "arguments": {"a": "b}", "c": [1, {"d": 2}]}}""", FinishReason.ToolCalls)]
    [InlineData("""{"name": "add", "arguments": {"a": "b}", "c""", FinishReason.Stop)]
    [InlineData("I would rather not.", FinishReason.Stop)]
    public async Task ReadAsync_required_call_cut_at_every_token_gives_the_rest(string text, FinishReason reason)
    {
        var tools = Tools with { IsRequired = true, InPieces = true };
        var whole = await ReadAsync(text, hasTools: true, 1, null, tools);
        Assert.Equal(reason, whole[^1].FinishReason);
        var id = whole.SelectMany(frame => frame.ToolCalls ?? []).FirstOrDefault()?.Id;
        for (var cut = 0; cut <= text.Length; cut++)
        {
            var rest = await ReadAsync(text, hasTools: true, 1, cut, tools);

            TokenFrame[] all = [.. whole[..cut], .. rest];
            Assert.Equal(whole.Select(Pieces), all.Where(frame => frame.Tokens.Length > 0 || frame.FinishReason is not null).Take(whole.Length).Select(Pieces));
            Assert.Equal(Describe(whole), Describe(all));
            Assert.Equal(whole[^1].FinishReason, all[^1].FinishReason);
            Assert.InRange(all.SelectMany(frame => frame.ToolCalls ?? []).Count(call => call.Id.Length > 0), 0, 1);
        }

        Assert.True(id is null || whole.SelectMany(frame => frame.ToolCalls ?? []).Count() > 5, "the arguments come in pieces");

        static string Pieces(TokenFrame frame) => string.Join(';', (frame.ToolCalls ?? []).Select(call => $"{call.Id.Length} {call.Name} {call.Arguments}"));
    }

    public static TheoryData<string, bool, int> Texts() => new()
    {
        { "Nothing but text.", false, 0 },
        { "Nothing but text, though there are tools.", true, 9 },
        { """Let me see. <tool_call>{"name": "add", "arguments": {"a": 1}}</tool_call>""", true, 9 },
        { """<tool_call>{"name": "add", "arguments": {}}</tool_call> <tool_call>{"name": "add", "arguments": {"b": "}"}}</tool_call> So.""", true, 9 },
        { """<tool_call>{"name": "add"}</tool_call><tool_call>{"name": "add"}</tool_call><tool_call>{"name": "add"}</tool_call>""", true, 1 },
        { """A <tool_call>{"name": "other", "arguments": {}}</tool_call> that is none, and <tool_call>{"name": "add", """, true, 9 },
        { "Ends with a mark that is none <tool_", true, 9 },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task ReadAsync_cut_at_every_token_gives_the_rest(string text, bool hasTools, int maxCalls)
    {
        var whole = await ReadAsync(text, hasTools, maxCalls, null);
        Assert.Equal(text.Length, whole.Sum(frame => frame.Tokens.Length));
        for (var cut = 0; cut <= text.Length; cut++)
        {
            var rest = await ReadAsync(text, hasTools, maxCalls, cut);

            Assert.Equal(cut, rest[0].FirstIndex);
            Assert.Equal(Describe(whole), Describe([.. whole[..cut], .. rest]));
            Assert.Equal(whole[^1].Usage, rest[^1].Usage);
            Assert.Equal(whole[^1].FinishReason, rest[^1].FinishReason);
            Assert.All(rest[..^1], frame => Assert.Null(frame.FinishReason));
        }
    }

    private static (string Tokens, string Text, string Calls) Describe(TokenFrame[] frames) => (
        string.Concat(frames.SelectMany(frame => frame.Tokens).Select(token => (char)token)),
        string.Concat(frames.Select(frame => frame.Text)),
        string.Join(';', frames.SelectMany(frame => frame.ToolCalls ?? []).Select(call => call.Name + call.Arguments)));

    private static async Task<TokenFrame[]> ReadAsync(string text, bool hasTools, int maxCalls, int? cut, ToolUse? tools = null)
    {
        var request = new EngineRequest
        {
            RequestId = "r",
            Prompt = new[] { 1 },
            Output = cut is { } had ? text[..had].Select(character => (int)character).ToArray() : null,
        };
        var parser = hasTools ? ToolCallFormats.All.Single(format => format.Name == "hermes").CreateParser(tools ?? Tools) : null;
        var frames = new List<TokenFrame>();
        await foreach (var frame in new ChoiceStream(new TextEngine(text), 0, request, parser, maxCalls).ReadAsync(CancellationToken.None))
        {
            frames.Add(frame);
        }

        return [.. frames];
    }
}
