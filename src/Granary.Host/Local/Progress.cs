namespace Granary.Host.Local;

/// <summary>Says what is being done and how far it is: one rewritten line on a terminal, a line every few seconds elsewhere.</summary>
internal sealed class Progress(TextWriter output, bool rewrite, TimeProvider time)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);
    private readonly Lock _lock = new();
    private long _lastLine;
    private bool _open;

    public static Progress ForTerminal() => new(System.Console.Out, !System.Console.IsOutputRedirected, TimeProvider.System);

    /// <summary>The present state of a wait.</summary>
    public void Step(string text)
    {
        lock (_lock)
        {
            if (rewrite)
            {
                output.Write($"\r\u001b[K{text}");
                _open = true;
            }
            else if (_lastLine == 0 || time.GetElapsedTime(_lastLine) > Quiet)
            {
                output.WriteLine(text);
                _lastLine = time.GetTimestamp();
            }

            output.Flush();
        }
    }

    /// <summary>The end of a wait.</summary>
    public void Done(string text)
    {
        lock (_lock)
        {
            Clear();
            output.WriteLine(text);
            output.Flush();
            _lastLine = 0;
        }
    }

    /// <summary>Leaves a clean line for what follows.</summary>
    public void Clear()
    {
        if (_open)
        {
            output.Write("\r\u001b[K");
            _open = false;
        }
    }
}
