using System.Collections.Concurrent;
using System.Net;

namespace Granary.Chaos.Network;

/// <summary>The network between silos and stores. Every node is reached through a relay, so that any pair can be cut or slowed, with nothing but loopback addresses.</summary>
/// <param name="processOf">Process ids of the silos, by name.</param>
internal sealed class ChaosNetwork(Func<IReadOnlyDictionary<int, string>> processOf) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string From, string To), Link> _links = new();
    private readonly List<Relay> _relays = [];

    /// <summary>A silo is advertised at <paramref name="advertised"/> and listens at 127.0.0.1 on the same port.</summary>
    public void AddSilo(string name, IPEndPoint advertised) =>
        _relays.Add(new Relay(advertised, new IPEndPoint(IPAddress.Loopback, advertised.Port), caller => LinksTo(name, caller)));

    /// <summary>A silo's own way to a store.</summary>
    /// <returns>The port on 127.0.0.1 where the silo finds it.</returns>
    public int AddStore(string silo, string store, int port)
    {
        var relay = new Relay(new IPEndPoint(IPAddress.Loopback, 0), new IPEndPoint(IPAddress.Loopback, port), _ => (Between(silo, store), Between(store, silo)));
        _relays.Add(relay);
        return relay.Port;
    }

    /// <summary>Nothing passes between two nodes.</summary>
    public void Cut(string one, string other) => Both(one, other, link => link.Cut());

    /// <summary>Everything between two nodes comes late.</summary>
    public void Slow(string one, string other, TimeSpan delay) => Both(one, other, link => link.Slow(delay));

    /// <summary>All is well between two nodes.</summary>
    public void Heal(string one, string other) => Both(one, other, link => link.Heal());

    /// <summary>All is well between all nodes.</summary>
    public void HealAll()
    {
        foreach (var link in _links.Values)
        {
            link.Heal();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var relay in _relays)
        {
            await relay.DisposeAsync();
        }
    }

    private void Both(string one, string other, Action<Link> change)
    {
        change(Between(one, other));
        change(Between(other, one));
    }

    private (Link There, Link Back) LinksTo(string silo, IPEndPoint caller)
    {
        var silos = processOf();
        var name = SocketOwner.Find(caller, silos.Keys) is { } process ? silos[process] : "";
        return (Between(name, silo), Between(silo, name));
    }

    private Link Between(string from, string to) => _links.GetOrAdd((from, to), _ => new Link());
}
