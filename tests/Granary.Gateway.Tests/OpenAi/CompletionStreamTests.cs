using System.Runtime.CompilerServices;
using System.Text;
using Granary.Completions;
using Granary.Errors;
using Granary.Gateway.Completions;
using Granary.Gateway.OpenAi;
using Granary.Gateway.Tests.Scripted;
using Granary.Models;
using Granary.Serving;
using Granary.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Gateway.Tests.OpenAi;

public sealed class CompletionStreamTests
{
    private readonly HandTimer _time = new();
    private readonly MemoryStream _body = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DefaultHttpContext _context = new();

    public CompletionStreamTests() => _context.Response.Body = _body;

    private string Written => Encoding.UTF8.GetString(_body.ToArray());

    [Fact]
    public async Task Stream_onWhichNothingComes_hasItsHeadersAndAComment()
    {
        var written = Write(Words());
        Assert.Equal("", Written);

        _time.Tick();
        Assert.Equal((":\n\n", "text/event-stream; charset=utf-8"), (Written, _context.Response.ContentType));
        _first.SetResult();
        Assert.True(await written);

        var events = Written.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(":", events[0]);
        Assert.All(events[1..], item => Assert.StartsWith("id: ", item, StringComparison.Ordinal));
        Assert.EndsWith("data: [DONE]", events[^1], StringComparison.Ordinal);
        Assert.True(_time.IsDisposed);
    }

    [Fact]
    public async Task Stream_thatFailsAfterAComment_hasAnEventWithTheError()
    {
        var written = Write(Words(new GranaryException(ErrorCode.Overloaded, "Full.")));

        _time.Tick();
        _first.SetResult();

        Assert.False(await written);
        Assert.Contains("overloaded", Written, StringComparison.Ordinal);
    }

    private Task<bool> Write(IAsyncEnumerable<TurnEvent> items)
    {
        var id = new CompletionIds(StandIn.For<ILocalCompletions>(new ScriptedGrains()), TimeProvider.System).New(CompletionKind.Chat, new PromptLayout(1, 1), includesUsage: false);
        return new CompletionStream(_context, id, "m", _time, NullLogger.Instance).WriteAsync(items, EventId.None);
    }

    private async IAsyncEnumerable<TurnEvent> Words(Exception? failure = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await _first.Task.WaitAsync(cancellationToken);
        if (failure is not null)
            throw failure;
        yield return new TurnEvent { SessionId = "x", Turn = 0, Frame = new TokenFrame { FirstIndex = 0, Tokens = [1], Text = "a", FinishReason = FinishReason.Stop, Usage = new TokenUsage(1, 0, 1) } };
    }

    /// <summary>A clock with one timer, which goes off when it is told to.</summary>
    private sealed class HandTimer : TimeProvider, ITimer
    {
        private Action _callback = static () => { };

        public bool IsDisposed { get; private set; }

        public void Tick() => _callback();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _callback = () => callback(state);
            return this;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => IsDisposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
