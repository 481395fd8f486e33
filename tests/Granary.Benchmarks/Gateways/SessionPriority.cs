namespace Granary.Benchmarks.Gateways;

/// <summary>
/// Has this terminal session's processes go before those of others, where the system groups processes by session and lets us say so: there the niceness of a process counts within its session alone.
/// </summary>
internal sealed class SessionPriority : IDisposable
{
    private const string Group = "/proc/self/autogroup";

    private readonly string? _before;

    private SessionPriority(string? before) => _before = before;

    /// <summary>Until it is disposed of.</summary>
    public static SessionPriority Raise()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists(Group))
        {
            return new SessionPriority(null);
        }

        var before = File.ReadAllText(Group).TrimEnd().Split(' ')[^1]; // "/autogroup-7 nice 0"
        File.WriteAllText(Group, "-20");
        return new SessionPriority(before);
    }

    public void Dispose()
    {
        if (_before is not null)
        {
            File.WriteAllText(Group, _before);
        }
    }
}
