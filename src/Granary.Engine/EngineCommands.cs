using Granary.Engine.Scheduling;

namespace Granary.Engine;

/// <summary>What others may ask of the engine's thread.</summary>
internal enum EngineCommandKind
{
    Submit,
    Cancel,
}

/// <summary>One command.</summary>
internal readonly record struct EngineCommand(EngineCommandKind Kind, Sequence Sequence);

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
    /// <param name="wait">Whether to sleep until there is one.</param>
    /// <param name="commands">In order of arrival; valid until the next call.</param>
    /// <returns><see langword="false"/> when the engine is to end.</returns>
    public bool Receive(bool wait, out List<EngineCommand> commands)
    {
        lock (_gate)
        {
            while (wait && _pending.Count == 0 && !_closed)
            {
                Monitor.Wait(_gate);
            }

            _spare.Clear();
            (commands, _pending, _spare) = (_pending, _spare, _pending);
            return !_closed;
        }
    }
}
