using System.Collections.Concurrent;

namespace Granary.Gateway.Identity.Keys;

/// <summary>Requests and hub connections that run by a key, to be cut when it ends.</summary>
internal sealed class RunningCallers
{
    private readonly ConcurrentDictionary<HttpContext, string> _running = new();

    /// <summary>Ids of keys by which something runs.</summary>
    public IEnumerable<string> Keys => _running.Values.Distinct(StringComparer.Ordinal);

    /// <summary>A request runs by a key until it ends.</summary>
    public void Add(HttpContext context, string keyId)
    {
        _running[context] = keyId;
        context.Response.RegisterForDispose(new Entry(this, context));
    }

    /// <summary>Cuts what runs by a key.</summary>
    public void Cut(string keyId)
    {
        foreach (var (context, _) in _running.Where(entry => entry.Value == keyId))
            context.Abort();
    }

    private sealed class Entry(RunningCallers running, HttpContext context) : IDisposable
    {
        public void Dispose() => running._running.TryRemove(context, out _);
    }
}
