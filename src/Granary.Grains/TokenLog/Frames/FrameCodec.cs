using System.Buffers;
using Granary.Models;
using Granary.Serving;

namespace Granary.TokenLog.Frames;

/// <summary>Frames as bytes. A record begins with its length, so that records one after another are a turn: what compaction makes is their concatenation.</summary>
/// <remarks>
/// Record: length of the rest; version (1); <see cref="FrameParts"/>; first index; tokens; text; then the parts that are there, in the order of their flags.
/// Integers are LEB128, strings UTF-8 with their length before them, log-probabilities IEEE singles, little-endian. A token of four letters takes 11 to 14 bytes.
/// </remarks>
internal static class FrameCodec
{
    private const byte Version = 1;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_buffer;

    /// <summary>The frame as a record.</summary>
    public static byte[] Encode(TokenFrame frame) => Encode(frame, PartsOf(frame));

    /// <summary>The record that stands after a failed turn's last frame.</summary>
    public static byte[] EncodeFailure() => Encode(new TokenFrame { FirstIndex = 0, Tokens = [], Text = "" }, FrameParts.Failure);

    private static byte[] Encode(TokenFrame frame, FrameParts parts)
    {
        var buffer = t_buffer ??= new ArrayBufferWriter<byte>(256);
        buffer.ResetWrittenCount();
        Write(new FrameWriter(buffer), frame, parts);
        var length = buffer.WrittenCount;
        new FrameWriter(buffer).Integer(length);

        // The length was written last, because it was known last; it goes first.
        var written = buffer.WrittenSpan;
        var record = new byte[written.Length];
        written[length..].CopyTo(record);
        written[..length].CopyTo(record.AsSpan(written.Length - length));
        return record;
    }

    /// <summary>The frames of records that follow each other.</summary>
    /// <exception cref="InvalidDataException">The bytes are no records, or those of a newer Granary.</exception>
    public static List<TokenFrame> DecodeAll(ReadOnlySpan<byte> records) => DecodeAll(records, out _);

    /// <inheritdoc cref="DecodeAll(ReadOnlySpan{byte})"/>
    /// <param name="records">The records.</param>
    /// <param name="hasFailed">Whether <see cref="EncodeFailure"/> is among them.</param>
    public static List<TokenFrame> DecodeAll(ReadOnlySpan<byte> records, out bool hasFailed)
    {
        var frames = new List<TokenFrame>();
        var reader = new FrameReader(records);
        hasFailed = false;
        while (!reader.IsAtEnd)
        {
            var (frame, parts) = Read(new FrameReader(reader.Bytes()));
            if (parts.HasFlag(FrameParts.Failure))
            {
                hasFailed = true;
            }
            else
            {
                frames.Add(frame);
            }
        }

        return frames;
    }

    private static void Write(FrameWriter writer, TokenFrame frame, FrameParts parts)
    {
        writer.Byte(Version);
        writer.Integer((int)parts);
        writer.Integer(frame.FirstIndex);
        writer.Integers(frame.Tokens);
        writer.Text(frame.Text);
        if (frame.Choice != 0)
        {
            writer.Integer(frame.Choice);
        }

        if (frame.FinishReason is { } reason)
        {
            writer.Byte((byte)reason);
        }

        if (frame.Usage is { } usage)
        {
            writer.Integer(usage.PromptTokens);
            writer.Integer(usage.CachedTokens);
            writer.Integer(usage.OutputTokens);
        }

        if (frame.LogProbs is { } logProbs)
        {
            Write(writer, logProbs);
        }

        if (frame.ToolCalls is { } calls)
        {
            writer.Integer(calls.Length);
            foreach (var call in calls)
            {
                writer.Text(call.Id);
                writer.Text(call.Name);
                writer.Text(call.Arguments);
            }
        }

        if (frame.Fingerprint is { } fingerprint)
        {
            writer.Text(fingerprint);
        }

        if (frame.PromptLogProbs is { } promptLogProbs)
        {
            Write(writer, promptLogProbs);
        }
    }

    private static (TokenFrame Frame, FrameParts Parts) Read(FrameReader reader)
    {
        var version = reader.Byte();
        var parts = (FrameParts)reader.Integer();
        if (version != Version || (parts & ~FrameParts.All) != FrameParts.None)
        {
            throw new InvalidDataException($"The token log has a record of version {version} with parts {(int)parts}; this Granary reads version {Version}.");
        }

        var frame = new TokenFrame
        {
            FirstIndex = reader.Integer(),
            Tokens = reader.Integers(),
            Text = reader.Text(),
            Choice = parts.HasFlag(FrameParts.Choice) ? reader.Integer() : 0,
            FinishReason = parts.HasFlag(FrameParts.FinishReason) ? (FinishReason)reader.Byte() : null,
            Usage = parts.HasFlag(FrameParts.Usage) ? new TokenUsage(reader.Integer(), reader.Integer(), reader.Integer()) : null,
            LogProbs = parts.HasFlag(FrameParts.LogProbs) ? ReadLogProbs(ref reader) : null,
            ToolCalls = parts.HasFlag(FrameParts.ToolCalls) ? ReadToolCalls(ref reader) : null,
            Fingerprint = parts.HasFlag(FrameParts.Fingerprint) ? reader.Text() : null,
            PromptLogProbs = parts.HasFlag(FrameParts.PromptLogProbs) ? ReadLogProbs(ref reader) : null,
        };
        return (frame, parts);
    }

    private static FrameParts PartsOf(TokenFrame frame) =>
        (frame.Choice != 0 ? FrameParts.Choice : FrameParts.None)
        | (frame.FinishReason is not null ? FrameParts.FinishReason : FrameParts.None)
        | (frame.Usage is not null ? FrameParts.Usage : FrameParts.None)
        | (frame.LogProbs is not null ? FrameParts.LogProbs : FrameParts.None)
        | (frame.ToolCalls is not null ? FrameParts.ToolCalls : FrameParts.None)
        | (frame.Fingerprint is not null ? FrameParts.Fingerprint : FrameParts.None)
        | (frame.PromptLogProbs is not null ? FrameParts.PromptLogProbs : FrameParts.None);

    private static void Write(FrameWriter writer, TokenLogProbs[] places)
    {
        writer.Integer(places.Length);
        foreach (var place in places)
        {
            Write(writer, place.Chosen);
            writer.Integer(place.Top.Length);
            foreach (var candidate in place.Top)
            {
                Write(writer, candidate);
            }
        }
    }

    private static void Write(FrameWriter writer, TokenLogProb candidate)
    {
        writer.Integer(candidate.Token);
        writer.Single(candidate.LogProb);
        writer.Text(candidate.Text);
        writer.Bytes(candidate.Bytes);
    }

    private static TokenLogProbs[] ReadLogProbs(ref FrameReader reader)
    {
        var places = new TokenLogProbs[reader.Count()];
        for (var i = 0; i < places.Length; i++)
        {
            var chosen = ReadLogProb(ref reader);
            var top = new TokenLogProb[reader.Count()];
            for (var j = 0; j < top.Length; j++)
            {
                top[j] = ReadLogProb(ref reader);
            }

            places[i] = new TokenLogProbs(chosen, top);
        }

        return places;
    }

    private static TokenLogProb ReadLogProb(ref FrameReader reader) => new(reader.Integer(), reader.Single(), reader.Text(), reader.Bytes().ToArray());

    private static ToolCall[] ReadToolCalls(ref FrameReader reader)
    {
        var calls = new ToolCall[reader.Count()];
        for (var i = 0; i < calls.Length; i++)
        {
            calls[i] = new ToolCall(reader.Text(), reader.Text(), reader.Text());
        }

        return calls;
    }
}
