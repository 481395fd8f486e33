using System.Collections.Concurrent;
using Granary.Gateway.Limits;

namespace Granary.Gateway.Identity.Keys;

/// <summary>Requests and hub connections that run by a key, to be cut when it ends.</summary>
internal sealed class RunningCallers(KeyCache keys, TimeProvider time)
{
    private readonly ConcurrentDictionary<HttpContext, string> _running = new();

    /// <summary>Ids of keys by which something runs.</summary>
    public IEnumerable<string> Keys => _running.Values.Distinct(StringComparer.Ordinal);

    /// <summary>A request runs by a key until it ends.</summary>
    /// <returns>Whether the key goes on: it may have ended since it was looked up, and what ran by it may have been cut already.</returns>
    /// <exception cref="Granary.Errors.GranaryException">It is not known here any more and cannot be asked for.</exception>
    public async ValueTask<bool> TryAddAsync(HttpContext context, string keyId)
    {
        _running[context] = keyId;
        context.Response.RegisterForDispose(new Entry(this, context));
        return (await keys.FindAsync(keyId, context.RequestAborted))?.IsActive(time.GetUtcNow()) == true;
    }

    /// <summary>Cuts what runs by a key, or connections to the hubs alone.</summary>
    public void Cut(string keyId, bool connectionsOnly)
    {
        foreach (var (context, _) in _running.Where(entry => entry.Value == keyId && (!connectionsOnly || RunningPerKey.IsConnection(entry.Key))))
            context.Abort();
    }

    private sealed class Entry(RunningCallers running, HttpContext context) : IDisposable
    {
        public void Dispose() => running._running.TryRemove(context, out _);
    }
}
