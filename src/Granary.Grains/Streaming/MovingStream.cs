using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Granary.Streaming;

/// <summary>A stream whose reader waits for its next item and for other things at once: each move that ends sets a <see cref="Wake"/>. Moving allocates nothing.</summary>
/// <param name="items">The stream.</param>
/// <param name="wake">Set when a move has ended; what else the reader waits for sets it, too.</param>
[SuppressMessage("Reliability", "CA2012", Justification = "Each move is taken once.")]
[SuppressMessage("Usage", "VSTHRD002", Justification = "A move is taken when it has ended.")]
internal sealed class MovingStream<T>(IAsyncEnumerator<T> items, Wake wake)
{
    private Wake _wake = wake;
    private ConfiguredValueTaskAwaitable<bool>.ConfiguredValueTaskAwaiter _move;
    private Action? _moved;
    private bool _isMoving;
    private volatile bool _hasMoved;

    /// <summary>Whether the move has ended that <see cref="Move"/> began.</summary>
    public bool HasMoved => _hasMoved;

    /// <summary>The item that the last move has brought.</summary>
    public T Current => items.Current;

    /// <summary>Begins to move, unless a move was begun and not taken.</summary>
    /// <returns>Whether it has ended.</returns>
    public bool Move()
    {
        if (_isMoving)
        {
            return _hasMoved;
        }

        _isMoving = true;
        _move = items.MoveNextAsync().ConfigureAwait(false).GetAwaiter();
        if (_move.IsCompleted)
        {
            _hasMoved = true;
        }
        else
        {
            _move.UnsafeOnCompleted(_moved ??= Moved);
        }

        return _hasMoved;
    }

    /// <summary>Takes the move that has ended.</summary>
    /// <returns>Whether there is an item; what the stream threw is thrown.</returns>
    public bool Take()
    {
        (_isMoving, _hasMoved) = (false, false);
        return _move.GetResult();
    }

    /// <summary>Lets a move that was begun come to its end, whatever that is, and ends the stream. Its reader may wait for something else meanwhile.</summary>
    public async ValueTask EndAsync()
    {
        if (_isMoving)
        {
            var own = new Wake();
            Interlocked.Exchange(ref _wake, own);
            while (!_hasMoved)
            {
                await own.WaitAsync();
            }

            try
            {
                Take();
            }
            catch (Exception)
            {
                // Nobody wants to know any more.
            }
        }

        await items.DisposeAsync();
    }

    private void Moved()
    {
        _hasMoved = true;
        Interlocked.MemoryBarrier(); // whoever puts another wake there looks afterwards
        _wake.Set();
    }
}
