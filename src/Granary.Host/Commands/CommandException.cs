namespace Granary.Host.Commands;

/// <summary>Ends a command with one line on standard error.</summary>
internal sealed class CommandException(string message, int exitCode = 1, Exception? innerException = null) : Exception(message, innerException)
{
    public int ExitCode { get; } = exitCode;
}
