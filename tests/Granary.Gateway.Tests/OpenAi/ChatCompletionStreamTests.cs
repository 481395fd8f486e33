using System.Text;
using System.Text.Json;
using Granary.Errors;
using Granary.Gateway.Completions;
using Granary.Gateway.OpenAi;
using Granary.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Gateway.Tests.OpenAi;

public sealed class ChatCompletionStreamTests
{
    private static readonly ReplicaDescriptor Replica = new() { Model = "m", Fingerprint = "f", ShardKey = "k", Silo = "s", Zone = "z", MaxPositions = 1 };

    [Theory]
    [InlineData(true, "unavailable", "server_error")]
    [InlineData(false, "internal_error", "server_error")]
    public async Task WriteAsync_failureOnTheWay_endsWithAnErrorEvent(bool isKnown, string code, string type)
    {
        var context = new DefaultHttpContext();
        using var body = new MemoryStream();
        context.Response.Body = body;
        Exception failure = isKnown ? new GranaryException(ErrorCode.Unavailable, "The silo went away.") : new InvalidOperationException("secret");

        await using (var completion = new Completion("id", Replica, Outputs(failure).GetAsyncEnumerator(TestContext.Current.CancellationToken)))
            await new ChatCompletionStream(context, new ReplyHeader("id", 1, "m", "fp"), choices: 1, includeUsage: true, NullLogger.Instance).WriteAsync(completion);

        var events = Encoding.UTF8.GetString(body.ToArray()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, events.Length);
        Assert.Contains("\"content\":\"Grüezi\"", events[1], StringComparison.Ordinal);
        var error = JsonDocument.Parse(events[2]["data: ".Length..]).RootElement.GetProperty("error");
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.Equal(type, error.GetProperty("type").GetString());
        Assert.DoesNotContain("secret", events[2], StringComparison.Ordinal);
    }

    private static async IAsyncEnumerable<ReplicaOutput> Outputs(Exception failure)
    {
        await Task.Yield();
        yield return new ReplicaOutput(null, new TokenFrame { FirstIndex = 0, Tokens = [1], Text = "Grüezi" });
        throw failure;
    }
}
