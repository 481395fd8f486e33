using System.Text.Json;
using Granary.Models;
using Granary.Serving;
using Granary.TokenLog.Frames;

namespace Granary.Grains.Tests.TokenLog;

public sealed class FrameCodecTests
{
    public static TheoryData<string> Frames() => new(
    [
        JsonSerializer.Serialize(new TokenFrame { FirstIndex = 0, Tokens = [], Text = "" }),
        JsonSerializer.Serialize(new TokenFrame { FirstIndex = 70_000, Tokens = [0, 127, 128, 151_935, int.MaxValue], Text = "hällo 🌾", Choice = 127 }),
        JsonSerializer.Serialize(new TokenFrame
        {
            FirstIndex = 9, Tokens = [5], Text = "x", FinishReason = FinishReason.ToolCalls, Usage = new TokenUsage(100_000, 3, 12),
            LogProbs = [new TokenLogProbs(new TokenLogProb(5, -0.25f, "x", [120]), [new TokenLogProb(6, -9999f, "\uFFFD", [0xF0, 0x9F]), new TokenLogProb(7, 0f, "", [])])],
            ToolCalls = [new ToolCall("call_1", "weather", """{"city":"Żywiec"}"""), new ToolCall("call_2", "time", "{}")],
        }),
        JsonSerializer.Serialize(new TokenFrame
        {
            FirstIndex = 0, Tokens = [], Text = "xy", FinishReason = FinishReason.Length, Usage = new TokenUsage(2, 0, 0), LogProbs = [],
            PromptLogProbs = [new TokenLogProbs(new TokenLogProb(5, 0f, "x", [120]), []), new TokenLogProbs(new TokenLogProb(6, -0.5f, "y", [121]), [new TokenLogProb(7, -0.25f, "z", [122])])],
        }),
        JsonSerializer.Serialize(new TokenFrame { FirstIndex = 1, Tokens = [1], Text = "a", FinishReason = FinishReason.Stop, LogProbs = [], ToolCalls = [] }),
    ]);

    [Theory]
    [MemberData(nameof(Frames))]
    public void Decode_encoded_frame_is_the_frame(string json)
    {
        var frame = JsonSerializer.Deserialize<TokenFrame>(json)!;

        var decoded = Assert.Single(FrameCodec.DecodeAll(FrameCodec.Encode(frame)));

        Assert.Equal(json, JsonSerializer.Serialize(decoded));
        Assert.Equal(frame.Choice, decoded.Choice);
    }

    [Fact]
    public void Decode_encoded_fingerprint_is_the_fingerprint()
    {
        var frame = new TokenFrame { FirstIndex = 0, Tokens = [5], Text = "x", ToolCalls = [], Fingerprint = "0123456789abcdef" };

        Assert.Equal(frame.Fingerprint, Assert.Single(FrameCodec.DecodeAll(FrameCodec.Encode(frame))).Fingerprint);
    }

    [Fact]
    public void DecodeAll_concatenated_records_are_the_frames_in_order()
    {
        byte[] records = [.. Enumerable.Range(0, 300).SelectMany(i => FrameCodec.Encode(new TokenFrame { FirstIndex = i, Tokens = [i], Text = new string('t', i) }))];

        Assert.Equal(Enumerable.Range(0, 300), FrameCodec.DecodeAll(records).Select(frame => frame.FirstIndex));
    }

    [Fact]
    public void DecodeAll_failure_is_told_and_is_no_frame()
    {
        var frame = FrameCodec.Encode(new TokenFrame { FirstIndex = 0, Tokens = [5], Text = "x" });

        Assert.Single(FrameCodec.DecodeAll([.. frame, .. FrameCodec.EncodeFailure()], out var hasFailed));
        Assert.True(hasFailed);
        Assert.Single(FrameCodec.DecodeAll(frame, out hasFailed));
        Assert.False(hasFailed);
    }

    [Fact]
    public void Encode_plain_token_takes_nine_bytes() =>
        Assert.Equal(9, FrameCodec.Encode(new TokenFrame { FirstIndex = 100, Tokens = [50], Text = "to" }).Length);

    [Fact]
    public void DecodeAll_cut_bytes_are_refused()
    {
        var record = FrameCodec.Encode(new TokenFrame { FirstIndex = 3, Tokens = [1, 2], Text = "text", ToolCalls = [new ToolCall("i", "n", "{}")] });

        for (var length = 1; length < record.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => FrameCodec.DecodeAll(record.AsSpan(0, length)));
        }
    }

    [Fact]
    public void DecodeAll_unknown_version_or_part_is_refused()
    {
        var record = FrameCodec.Encode(new TokenFrame { FirstIndex = 3, Tokens = [1], Text = "" });
        byte[] newer = [record[0], 2, .. record[2..]];
        byte[] part = [(byte)(record[0] + 1), record[1], 0x80, 0x02, .. record[3..]]; // 256

        Assert.Throws<InvalidDataException>(() => FrameCodec.DecodeAll(newer));
        Assert.Throws<InvalidDataException>(() => FrameCodec.DecodeAll(part));
    }
}
