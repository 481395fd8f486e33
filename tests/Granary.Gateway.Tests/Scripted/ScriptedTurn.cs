using System.Runtime.CompilerServices;
using Granary.Models;
using Granary.Serving;
using Granary.Sessions;
using Orleans.Runtime;

namespace Granary.Gateway.Tests.Scripted;

/// <summary>Frames that a test has chosen, as a session's or a completion's grain gives them, with breaks where the test wants them.</summary>
internal sealed class ScriptedTurn(params TokenFrame[] frames)
{
    private TaskCompletionSource _rest = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _given;

    /// <summary>Records that were handed out, over all readers.</summary>
    public int Given => Volatile.Read(ref _given);

    /// <summary>Ends when a reader has left before the end.</summary>
    public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where readings began: the index or record asked for.</summary>
    public List<int> Openings { get; } = [];

    /// <summary>A reading ends before this record, with what <see cref="Break"/> gives.</summary>
    public Func<int, bool> BreaksBefore { get; set; } = static _ => false;

    public Func<Exception> Break { get; set; } = static () => new SiloUnavailableException("killed");

    /// <summary>Records from here on wait.</summary>
    public int Holds { get; set; } = int.MaxValue;

    /// <summary>Whether all records are there.</summary>
    public bool IsComplete => Holds >= frames.Length;

    public IReadOnlyList<TokenFrame> Frames => frames;

    public void Release() => Advance(int.MaxValue);

    /// <summary>Records up to this one are there now.</summary>
    public void Advance(int holds)
    {
        Holds = holds;
        Interlocked.Exchange(ref _rest, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    public async IAsyncEnumerable<TurnEvent> ReadAsync(string owner, int turn, int from, int opening, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        lock (Openings)
            Openings.Add(opening);
        await Task.Yield();
        var isWhole = false;
        try
        {
            yield return new TurnEvent { SessionId = owner, Turn = turn, Model = "m", Silo = "s", Zone = "z" };
            for (var i = from; i < frames.Length; i++)
            {
                if (BreaksBefore(i))
                    throw Break();
                for (var rest = Volatile.Read(ref _rest); i >= Holds; rest = Volatile.Read(ref _rest))
                    await rest.Task.WaitAsync(cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
                Interlocked.Increment(ref _given);
                isWhole = i == frames.Length - 1;
                yield return new TurnEvent { SessionId = owner, Turn = turn, Frame = frames[i], Record = i };
            }
        }
        finally
        {
            if (!isWhole)
                Left.TrySetResult();
        }
    }

    /// <summary>One token a frame, the last of which ends the reply.</summary>
    public static ScriptedTurn Words(int count, int padding = 0) => new([.. Enumerable.Range(0, count).Select(i => new TokenFrame
    {
        FirstIndex = i,
        Tokens = [i],
        Text = $"w{i} " + new string('x', padding),
        FinishReason = i == count - 1 ? FinishReason.Stop : null,
        Usage = i == count - 1 ? new TokenUsage(3, 1, count) : null,
    })]);
}
