using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using Granary.Errors;
using Granary.Gateway.Errors;
using Granary.Models;
using Granary.Serving;
using Granary.Sessions;

namespace Granary.Gateway.Telemetry.Replies;

/// <summary>One reply, from its request to its last token: its span, and what it adds to the metrics. Belongs to one reader.</summary>
internal sealed class WatchedReply(ReplyTelemetry telemetry, ReplyRequest request, Activity? span, TimeProvider time) : IDisposable
{
    private readonly long _begun = time.GetTimestamp();
    private readonly StringBuilder[] _texts = telemetry.RecordsContents && span is not null ? [.. Enumerable.Range(0, request.Layout.Choices).Select(_ => new StringBuilder())] : [];
    private readonly List<ToolCall>[] _calls = telemetry.RecordsContents && span is not null ? [.. Enumerable.Range(0, request.Layout.Choices).Select(_ => new List<ToolCall>())] : [];
    private readonly string?[] _reasons = new string?[request.Layout.Choices];
    private string? _model = request.Model;
    private long _first;
    private long _last;
    private int _inputTokens;
    private int _cachedTokens;
    private int _outputTokens;
    private ErrorCode? _error;
    private bool _isKept;
    private bool _hasEnded;

    /// <summary>The span; <see langword="null"/> where nobody traces it.</summary>
    public Activity? Span => span;

    /// <summary>The span, for those that work for it elsewhere; <see langword="null"/> where nobody traces it.</summary>
    public string? TraceParent => span?.Id;

    /// <summary>It is an answer that was given before and kept: nothing is generated for it, and its tokens say nothing of how fast they are.</summary>
    public void IsKept()
    {
        _isKept = true;
        span?.SetTag("granary.response_cache.hit", true);
    }

    /// <summary>Begins it, and notes if that fails.</summary>
    public async Task<T> BeginAsync<T>(Func<Task<T>> begin)
    {
        try
        {
            return await begin();
        }
        catch (Exception exception)
        {
            Fail(exception);
            throw;
        }
    }

    /// <summary>Passes its events on. It has ended when they have, or when nobody reads them any more.</summary>
    public async IAsyncEnumerable<TurnEvent> WatchAsync(IAsyncEnumerable<TurnEvent> events, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            await using var items = events.GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                bool isAny;
                try
                {
                    // What is logged on the way belongs to it. Over HTTP it is current already, and this costs nothing; who reads for a hub connection comes each time without.
                    if (span is not null && Activity.Current != span)
                        Activity.Current = span;
                    isAny = await items.MoveNextAsync();
                }
                catch (Exception exception)
                {
                    Fail(exception);
                    throw;
                }

                if (!isAny)
                    yield break;
                Take(items.Current);
                yield return items.Current;
            }
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        if (_hasEnded)
            return;
        _hasEnded = true;
        if (span is { IsAllDataRequested: true })
            Describe(span);
        span?.Dispose();
        Measure();
    }

    private void Fail(Exception exception)
    {
        _error = CallerError.From(exception).Code;
        span?.SetStatus(ActivityStatusCode.Error, _error.Value.Name());
    }

    private void Take(TurnEvent item)
    {
        _model = item.Model ?? _model;
        if (item.Frame is not { } frame)
            return;
        if (frame.Tokens.Length > 0)
        {
            _last = time.GetTimestamp();
            _first = _first == 0 ? _last : _first;
        }

        if (_texts.Length > 0)
        {
            _texts[frame.Choice].Append(frame.Text);
            _calls[frame.Choice].AddRange(frame.ToolCalls ?? []);
        }

        if (frame.FinishReason is { } reason)
            _reasons[frame.Choice] = ReplyAttributes.Name(reason);
        if (frame.Usage is { } usage)
            Take(usage, countsPrompt: request.Layout.PlaceOf(frame.Choice) == 0);
    }

    // Each output of a prompt has the prompt's tokens in its usage.
    private void Take(TokenUsage usage, bool countsPrompt)
    {
        _outputTokens += usage.OutputTokens;
        if (!countsPrompt)
            return;
        _inputTokens += usage.PromptTokens;
        _cachedTokens += usage.CachedTokens;
    }

    private void Describe(Activity ended)
    {
        ended.DisplayName = $"{request.Operation} {_model}";
        ended.SetTag("gen_ai.response.model", _model)
            .SetTag("gen_ai.response.id", request.Id)
            .SetTag("error.type", _error?.Name());
        if (_inputTokens > 0)
        {
            ended.SetTag("gen_ai.response.finish_reasons", _reasons.OfType<string>().ToArray())
                .SetTag("gen_ai.usage.input_tokens", _inputTokens)
                .SetTag("gen_ai.usage.cache_read.input_tokens", _cachedTokens)
                .SetTag("gen_ai.usage.output_tokens", _outputTokens);
        }

        if (_texts.Length > 0)
            ended.SetTag("gen_ai.output.messages", ReplyAttributes.OutputMessages(_texts.Select((text, i) => (text.ToString(), (IReadOnlyList<ToolCall>)_calls[i], _reasons[i]))));
    }

    private void Measure()
    {
        var tags = new TagList { { "gen_ai.operation.name", request.Operation }, { "gen_ai.provider.name", ReplyAttributes.Provider } };
        if (_first > 0)
        {
            tags.Add("gen_ai.request.model", _model); // a name that no model has would come from anybody
            telemetry.FirstToken.Record(time.GetElapsedTime(_begun, _first).TotalSeconds, tags);
        }

        if (_outputTokens > 1 && !_isKept)
            telemetry.TokenTime.Record(time.GetElapsedTime(_first, _last).TotalSeconds / (_outputTokens - 1), tags);
        if (_inputTokens > 0)
        {
            telemetry.Tokens.Record(_inputTokens, [.. tags, new("gen_ai.token.type", "input")]);
            telemetry.Tokens.Record(_outputTokens, [.. tags, new("gen_ai.token.type", "output")]);
        }

        if (_error is { } error)
            tags.Add("error.type", error.Name());
        telemetry.Duration.Record(time.GetElapsedTime(_begun).TotalSeconds, tags);
    }
}
