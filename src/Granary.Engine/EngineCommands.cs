using Granary.Engine.Kv.Transfer;
using Granary.Engine.Scheduling;

namespace Granary.Engine;

/// <summary>What others may ask of the engine's thread.</summary>
internal enum EngineCommandKind
{
    Submit,

    /// <summary>As <see cref="Submit"/>, and one of those that wait is refused: there is no room for both.</summary>
    Displace,
    Cancel,
    Export,
    EndExport,
    TakeBlock,
}

/// <summary>One command.</summary>
internal readonly record struct EngineCommand(EngineCommandKind Kind, Sequence? Sequence = null, ExportJob? Export = null, ImportedBlock? Block = null);

/// <summary>
/// Commands on their way to the engine's thread, which sleeps on a monitor while it has nothing to do: no spinning, and
/// no task machinery on the thread that computes.
/// </summary>
internal sealed class EngineCommands
{
    private readonly object _gate = new();
    private List<EngineCommand> _pending = [];
    private List<EngineCommand> _spare = [];
    private bool _closed;
    private bool _woken;

    /// <summary>Whether there are commands to receive.</summary>
    public bool HasPending
    {
        get
        {
            lock (_gate)
            {
                return _pending.Count > 0;
            }
        }
    }

    /// <summary>Sends a command.</summary>
    /// <returns><see langword="false"/> once the engine is closing; the command is then not taken.</returns>
    public bool TrySend(EngineCommand command)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            _pending.Add(command);
            Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Wakes the receiver: there is something to do that is no command.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Takes no more commands; the receiver ends after those already sent.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Takes all pending commands.</summary>
    /// <param name="rest">How long to sleep while there is none and nobody calls <see cref="Wake"/>.</param>
    /// <param name="commands">In order of arrival; valid until the next call.</param>
    /// <returns><see langword="false"/> when the engine is to end.</returns>
    public bool Receive(TimeSpan rest, out List<EngineCommand> commands)
    {
        lock (_gate)
        {
            if (rest == Timeout.InfiniteTimeSpan)
            {
                while (_pending.Count == 0 && !_closed && !_woken)
                {
                    Monitor.Wait(_gate);
                }
            }
            else if (rest > TimeSpan.Zero && _pending.Count == 0 && !_closed && !_woken)
            {
                Monitor.Wait(_gate, rest);
            }

            _woken = false;

            _spare.Clear();
            (commands, _pending, _spare) = (_pending, _spare, _pending);
            return !_closed;
        }
    }
}
