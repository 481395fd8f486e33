namespace Orleans.Runtime;

/// <summary>Values that travel with calls: what a caller sets, the callee and everyone it calls can read. Nothing travels back.</summary>
public static class RequestContext
{
    private static readonly AsyncLocal<Values> Current = new();

    /// <summary>The call chain that may re-enter a grain; empty when none may.</summary>
    public static Guid ReentrancyId
    {
        get => Current.Value.Reentrancy;
        set => Current.Value = Current.Value with { Reentrancy = value };
    }

    /// <summary>The keys that are set.</summary>
    public static IEnumerable<string> Keys => Current.Value.Map?.Keys ?? Enumerable.Empty<string>();

    /// <summary>All that is set.</summary>
    public static IEnumerable<KeyValuePair<string, object>> Entries => Current.Value.Map ?? Enumerable.Empty<KeyValuePair<string, object>>();

    /// <summary>Lets calls made from here call back into this grain while it waits, until the section is disposed.</summary>
    public static ReentrancySection AllowCallChainReentrancy()
    {
        var original = ReentrancyId;
        var entered = original == Guid.Empty ? Guid.NewGuid() : original;
        return new(original, entered);
    }

    /// <summary>Takes <see cref="AllowCallChainReentrancy"/> back for calls made from here, until the section is disposed.</summary>
    public static ReentrancySection SuppressCallChainReentrancy() => new(ReentrancyId, Guid.Empty);

    /// <summary>The value, or null.</summary>
    public static object? Get(string key) => Current.Value.Map?.GetValueOrDefault(key);

    /// <summary>Sets a value for all calls made from here on. The value must have a serialiser.</summary>
    public static void Set(string key, object value)
    {
        ArgumentNullException.ThrowIfNull(key);

        // Copied on write: the map may be travelling with a call that is under way.
        var values = Current.Value;
        var map = values.Map is null ? new Dictionary<string, object>(StringComparer.Ordinal) : new Dictionary<string, object>(values.Map, StringComparer.Ordinal);
        map[key] = value;
        Current.Value = values with { Map = map };
    }

    /// <summary>Removes a value; false when there was none.</summary>
    public static bool Remove(string key)
    {
        var values = Current.Value;
        if (values.Map is null || !values.Map.ContainsKey(key))
        {
            return false;
        }

        var map = new Dictionary<string, object>(values.Map, StringComparer.Ordinal);
        map.Remove(key);
        Current.Value = values with { Map = map.Count == 0 ? null : map };
        return true;
    }

    /// <summary>Removes everything.</summary>
    public static void Clear() => Current.Value = default;

    internal static Dictionary<string, object>? Export() => Current.Value.Map;

    internal static void Import(Dictionary<string, object>? map, Guid reentrancy) => Current.Value = new(map, reentrancy);

    private readonly record struct Values(Dictionary<string, object>? Map, Guid Reentrancy);

    /// <summary>A stretch of code with another <see cref="ReentrancyId"/>.</summary>
    public readonly struct ReentrancySection : IDisposable
    {
        private readonly Guid _original;
        private readonly Guid _entered;
        private readonly Activation? _activation;

        /// <summary>Enters the section.</summary>
        public ReentrancySection(Guid originalReentrancyId, Guid newReentrancyId)
        {
            _original = originalReentrancyId;
            _entered = newReentrancyId;
            if (newReentrancyId != Guid.Empty)
            {
                _activation = RuntimeContext.Current;
                _activation?.EnterReentrantSection(newReentrancyId);
            }

            ReentrancyId = newReentrancyId;
        }

        /// <summary>Leaves the section.</summary>
        public void Dispose()
        {
            _activation?.LeaveReentrantSection(_entered);
            ReentrancyId = _original;
        }
    }
}
