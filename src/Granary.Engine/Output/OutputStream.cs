using System.Runtime.ExceptionServices;
using System.Text;
using System.Threading.Tasks.Sources;
using Granary.Engine.Sampling;
using Granary.Models;
using Granary.Serving;

namespace Granary.Engine.Output;

/// <summary>
/// Carries one sequence's output from the engine's thread to its one reader. What the reader has not taken yet is joined
/// into one output, so a slow one costs no more memory than its own tokens and never holds the engine up.
/// </summary>
/// <remarks>
/// It is its own wait and its own work item, so that waking the reader, once a token, allocates nothing on the engine's
/// thread (StepTests.Step_steady_state_allocates_nothing_on_the_engines_thread).
/// </remarks>
/// <param name="logProbs">Reads log-probabilities, if the caller asked for them.</param>
/// <param name="firstIndex">Index of the first token that comes: above 0 where others came from another engine.</param>
internal sealed class OutputStream(LogProbReader? logProbs = null, int firstIndex = 0) : IValueTaskSource, IThreadPoolWorkItem
{
    private readonly Lock _lock = new();
    private readonly List<int> _tokens = [];
    private readonly StringBuilder _text = new();
    private ManualResetValueTaskSourceCore<bool> _wait;
    private bool _isAwaited; // a reader waits whom nobody has woken yet
    private int _taken = firstIndex;
    private FinishReason? _finishReason;
    private TokenUsage? _usage;
    private bool _ended;
    private Exception? _error;
    private PromptScores? _prompt; // until it is told

    /// <summary>Wakes the reader together with others, for whom writes from the engine's thread; without it, each write wakes it alone.</summary>
    public ReaderWaker? Waker { private get; set; }

    /// <summary>Log-probabilities of the prompt that go with the first output; complete before it is written.</summary>
    public PromptScores? Prompt
    {
        init => _prompt = value;
    }

    /// <summary>Adds a step's token and text, and its log-probabilities if the caller asked for them.</summary>
    public void Write(int token, StringBuilder text, LogProbRow? row = null)
    {
        lock (_lock)
        {
            Add(token, text, row);
            Wake(Waker);
        }
    }

    /// <summary>Ends the stream with the sequence's last token.</summary>
    public void Finish(int token, StringBuilder text, FinishReason reason, TokenUsage usage, LogProbRow? row = null)
    {
        lock (_lock)
        {
            Add(token, text, row);
            _finishReason = reason;
            _usage = usage;
            _ended = true;
            Wake(Waker);
        }
    }

    /// <summary>Ends the stream without another token.</summary>
    public void Finish(FinishReason reason, TokenUsage usage)
    {
        lock (_lock)
        {
            _finishReason = reason;
            _usage = usage;
            _ended = true;
            Wake(Waker);
        }
    }

    /// <summary>Ends the stream with an error, once what was written before is read.</summary>
    public void Fail(Exception error)
    {
        lock (_lock)
        {
            _error = error;
            _ended = true;
            Wake(Waker);
        }
    }

    /// <summary>Waits for output.</summary>
    /// <returns>The output since the last call, or <see langword="null"/> at the end.</returns>
    public async ValueTask<EngineOutput?> ReadAsync(CancellationToken ct)
    {
        while (true)
        {
            EngineOutput? output = null;
            (int Token, float LogProb)[]? places = null;
            PromptScores? prompt = null;
            lock (_lock)
            {
                if (_tokens.Count > 0 || _finishReason is not null)
                {
                    output = Take();
                    places = logProbs?.Take();
                    (prompt, _prompt) = (_prompt is { IsComplete: true } scores ? scores : null, null);
                }
                else if (_error is not null)
                {
                    ExceptionDispatchInfo.Throw(_error);
                }
                else if (_ended)
                {
                    return null;
                }
                else
                {
                    ct.ThrowIfCancellationRequested();
                    _wait.Reset();
                    _isAwaited = true;
                }
            }

            if (output is not null)
            {
                output = prompt is null ? output : output with { PromptLogProbs = prompt.Describe() };
                return places is null ? output : output with { LogProbs = logProbs!.Describe(places) };
            }

            await using (ct.UnsafeRegister(static stream => ((OutputStream)stream!).Cancelled(), this).ConfigureAwait(false))
            {
                await new ValueTask(this, _wait.Version).ConfigureAwait(false);
            }

            ct.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Goes on with the reader, on this thread.</summary>
    public void Resume() => _wait.SetResult(true);

    void IThreadPoolWorkItem.Execute() => Resume();

    void IValueTaskSource.GetResult(short token) => _wait.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    private void Cancelled()
    {
        lock (_lock)
        {
            Wake(waker: null); // not the engine's thread
        }
    }

    // Under the lock. One wake for each wait: whoever takes the mark away completes it.
    private void Wake(ReaderWaker? waker)
    {
        if (!_isAwaited)
        {
            return;
        }

        _isAwaited = false;
        if (waker is not null)
        {
            waker.Add(this);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void Add(int token, StringBuilder text, LogProbRow? row)
    {
        _tokens.Add(token);
        _text.Append(text);
        if (row is not null)
        {
            logProbs?.Write(token, row);
        }
    }

    private EngineOutput Take()
    {
        var output = new EngineOutput
        {
            FirstIndex = _taken,
            Tokens = [.. _tokens],
            Text = _text.ToString(),
            FinishReason = _finishReason,
            Usage = _usage,
        };
        _finishReason = null; // it is told once
        _taken += _tokens.Count;
        _tokens.Clear();
        _text.Clear();
        return output;
    }
}
