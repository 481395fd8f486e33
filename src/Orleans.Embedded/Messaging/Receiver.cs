using System.Buffers;
using System.IO.Pipelines;

namespace Orleans.Runtime.Messaging;

/// <summary>Reads what a peer sends and hands it on, in order.</summary>
internal sealed class Receiver(SiloRuntime silo, SiloAddress peer)
{
    private const int BufferBytes = 64 * 1024;

    public async Task RunAsync(Stream stream, CancellationToken token)
    {
        var pipe = PipeReader.Create(stream, new(bufferSize: BufferBytes, minimumReadSize: 4096));
        while (true)
        {
            var result = await pipe.ReadAsync(token);
            var buffer = result.Buffer;
            while (TryReadFrame(ref buffer))
            {
            }

            pipe.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                return;
            }
        }
    }

    private bool TryReadFrame(ref ReadOnlySequence<byte> buffer)
    {
        if (!MessageFrame.TryReadPrefix(buffer, silo.Messaging, out var headerBytes, out var bodyBytes)
            || buffer.Length < MessageFrame.PrefixBytes + (long)headerBytes + bodyBytes)
        {
            return false;
        }

        var frame = buffer.Slice(MessageFrame.PrefixBytes, (long)headerBytes + bodyBytes);
        if (frame.IsSingleSegment)
        {
            Take(frame.FirstSpan, headerBytes);
        }
        else
        {
            var copy = ArrayPool<byte>.Shared.Rent(headerBytes + bodyBytes);
            frame.CopyTo(copy);
            Take(copy.AsSpan(0, headerBytes + bodyBytes), headerBytes);
            ArrayPool<byte>.Shared.Return(copy);
        }

        buffer = buffer.Slice(frame.End);
        return true;
    }

    private void Take(ReadOnlySpan<byte> frame, int headerBytes)
    {
        var message = MessageFrame.ReadHeader(frame[..headerBytes], peer);
        var body = frame[headerBytes..];
        if (message.Kind == MessageKind.Cancel)
        {
            silo.Router.Cancel(message.Target, message.Id, message.Origin);
            return;
        }

        var reader = new WireReader(body, silo.Calls);
        if (!message.IsRequest)
        {
            silo.Calls.Complete(message, peer, ref reader);
            return;
        }

        if (message.Method is null)
        {
            silo.Calls.Reject(message, new OrleansMessageRejectionException($"The silo {silo.Address} does not know the called method of {message.Target}; is it another version?"));
            return;
        }

        try
        {
            var call = message.Method.Create();
            call.ReadArguments(ref reader);
            message.Call = call;
        }
        catch (Exception exception)
        {
            silo.Calls.Respond(message, exception);
            return;
        }

        silo.Router.Receive(message);
    }
}
