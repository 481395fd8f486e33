using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Granary.Errors;
using Granary.Unicode;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Limits;

/// <summary>Reads a request's JSON within the limits.</summary>
internal sealed class BodyReader(IOptions<GatewayOptions> options)
{
    /// <summary>
    /// How much of an oversized body is read and thrown away before the refusal. Most clients read the response only after they sent everything;
    /// a connection reset under their hands would hide the error from them.
    /// </summary>
    public const int DrainBytes = 32 << 20;

    private readonly GatewayOptions _options = options.Value;

    /// <summary>The body as JSON.</summary>
    /// <exception cref="GranaryException">The body is too large, or is not JSON.</exception>
    public async Task<JsonDocument> ReadJsonAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!request.HasJsonContentType())
            throw new GranaryException(ErrorCode.InvalidRequest, "Send the body as Content-Type: application/json.");

        return Parse(await ReadAsync(request, cancellationToken));
    }

    /// <summary>A body that came as part of a message, within the same limits.</summary>
    /// <exception cref="GranaryException">It is too large, too deep, or has a member twice.</exception>
    public JsonDocument Read(JsonElement body)
    {
        var text = JsonMarshal.GetRawUtf8Value(body);
        return text.Length > _options.MaxBodyBytes ? throw TooLarge() : Parse(text.ToArray());
    }

    private JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        if (!JsonUnicode.IsValid(body.Span))
            throw new GranaryException(ErrorCode.InvalidRequest, $"The body is not valid JSON: {JsonUnicode.Problem}.");
        try
        {
            return JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = _options.MaxJsonDepth, AllowDuplicateProperties = false });
        }
        catch (JsonException exception)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, Describe(exception), innerException: exception);
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > _options.MaxBodyBytes && request.Headers.Expect.Count > 0)
            throw TooLarge(); // the client waits for our word before it sends anything

        var body = new ArrayBufferWriter<byte>((int)Math.Clamp(request.ContentLength ?? 0, 1024, _options.MaxBodyBytes));
        var isTooLarge = request.ContentLength > _options.MaxBodyBytes;
        while (true)
        {
            var result = await request.BodyReader.ReadAsync(cancellationToken);
            isTooLarge |= body.WrittenCount + result.Buffer.Length > _options.MaxBodyBytes;
            if (!isTooLarge)
            {
                foreach (var segment in result.Buffer)
                    body.Write(segment.Span);
            }

            request.BodyReader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
                break;
        }

        return isTooLarge ? throw TooLarge() : body.WrittenMemory;
    }

    private GranaryException TooLarge() =>
        new(ErrorCode.TooLarge, $"The body is larger than {_options.MaxBodyBytes} bytes; send less, or raise {GatewayOptions.Section}:{nameof(GatewayOptions.MaxBodyBytes)}.");

    private static string Describe(JsonException exception)
    {
        // The reader's message ends with its own words for the position, which count from 0.
        var reason = exception.Message.Split(" LineNumber:", 2)[0].Split(" Path:", 2)[0];
        return exception.LineNumber is { } line && exception.BytePositionInLine is { } position
            ? $"The body is not valid JSON at line {line + 1}, byte {position + 1}: {reason}"
            : $"The body is not valid JSON: {reason}";
    }
}
