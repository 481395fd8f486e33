using System.Collections.ObjectModel;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime.Membership;

namespace Orleans.TestingHost;

/// <summary>Several silos in this process, on real sockets, with a membership table in memory.</summary>
public sealed class InProcessTestCluster : IAsyncDisposable, IDisposable
{
    private readonly MemoryMembershipTable _table = new();
    private readonly List<InProcessSiloHandle> _silos = [];
    private readonly TestClusterClient _sender;
    private int _lastSilo = -1;

    internal InProcessTestCluster(InProcessTestClusterOptions options)
    {
        Options = options;
        _sender = new(this);
    }

    /// <summary>What the cluster is made of.</summary>
    public InProcessTestClusterOptions Options { get; }

    /// <summary>The running silos.</summary>
    public ReadOnlyCollection<InProcessSiloHandle> Silos
    {
        get
        {
            lock (_silos)
            {
                return new([.. _silos]);
            }
        }
    }

    /// <summary>A client outside of the silos; it calls through those that run.</summary>
    public IClusterClient Client { get; private set; } = null!;

    /// <summary>Starts the silos and waits until all see one another.</summary>
    public async Task DeployAsync()
    {
        await StartSilosAsync(Options.InitialSilosCount);
        var first = Silos[0].Runtime;
        Client = new GrainFactory(_sender, first.Types, () => Silos[0].Runtime.Observers, first.Services);
    }

    /// <summary>Starts silos, one after the other, and waits until all see one another.</summary>
    public async Task<List<InProcessSiloHandle>> StartSilosAsync(int silosToStart)
    {
        var started = new List<InProcessSiloHandle>();
        for (var i = 0; i < silosToStart; i++)
        {
            started.Add(await StartAsync($"Silo_{Interlocked.Increment(ref _lastSilo)}"));
        }

        await WaitForLivenessToStabilizeAsync();
        return started;
    }

    /// <summary>Starts one more silo.</summary>
    public async Task<InProcessSiloHandle> StartAdditionalSiloAsync() => (await StartSilosAsync(1))[0];

    /// <summary>Stops a silo in good order.</summary>
    public Task StopSiloAsync(InProcessSiloHandle instance) => RemoveAsync(instance, stopGracefully: true);

    /// <summary>Stops a silo as if its process had died.</summary>
    public Task KillSiloAsync(InProcessSiloHandle instance) => RemoveAsync(instance, stopGracefully: false);

    /// <summary>Stops a silo in good order and starts another under its name.</summary>
    public async Task<InProcessSiloHandle> RestartSiloAsync(InProcessSiloHandle instance)
    {
        await StopSiloAsync(instance);
        var restarted = await StartAsync(instance.Name);
        await WaitForLivenessToStabilizeAsync();
        return restarted;
    }

    /// <summary>Stops all silos in good order, the first one last.</summary>
    public async Task StopAllSilosAsync()
    {
        foreach (var silo in Silos.Reverse())
        {
            await StopSiloAsync(silo);
        }
    }

    /// <summary>Stops all silos in good order, the first one last.</summary>
    public Task StopSilosAsync() => StopAllSilosAsync();

    /// <summary>The running silos.</summary>
    public IEnumerable<InProcessSiloHandle> GetActiveSilos() => Silos.Where(silo => silo.IsActive);

    /// <summary>The silo at an address, or null.</summary>
    public InProcessSiloHandle? GetSiloForAddress(SiloAddress siloAddress) => Silos.FirstOrDefault(silo => silo.SiloAddress.Equals(siloAddress));

    /// <summary>The services of a silo, of the first one when none is named.</summary>
    public IServiceProvider GetSiloServiceProvider(SiloAddress? silo = null) => (silo is null ? Silos[0] : GetSiloForAddress(silo))!.ServiceProvider;

    /// <summary>Waits until all running silos see one another and nobody else.</summary>
    public async Task WaitForLivenessToStabilizeAsync(bool didKill = false)
    {
        while (true)
        {
            var silos = Silos;
            var addresses = silos.Select(silo => silo.SiloAddress).Order().ToArray();
            if (silos.All(silo => silo.Runtime.Membership.Current.ActiveSilos.SequenceEqual(addresses)
                && addresses.All(address => silo.Runtime.Manifests.Of(address) is not null)))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    /// <summary>Stops what still runs, in good order.</summary>
    public ValueTask DisposeAsync() => new(StopAllSilosAsync());

    /// <inheritdoc/>
    public void Dispose() => _ = DisposeAsync().AsTask();

    // Below the ports that the kernel gives to connections: one of those may be taken before the silo listens.
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(26000, 32000);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another one, then.
            }
        }
    }

    private async Task<InProcessSiloHandle> StartAsync(string name)
    {
        var options = new InProcessTestSiloSpecificOptions { SiloName = name, SiloPort = FreePort() };
        var builder = Host.CreateEmptyApplicationBuilder(new() { ApplicationName = name });
        builder.Services.AddLogging(static logging => logging.SetMinimumLevel(LogLevel.Warning));
        builder.UseOrleans(silo =>
        {
            silo.ConfigureEndpoints(IPAddress.Loopback, options.SiloPort, options.GatewayPort);
            silo.Configure<ClusterOptions>(cluster =>
            {
                cluster.ClusterId = Options.ClusterId;
                cluster.ServiceId = Options.ServiceId;
            });
            silo.Configure<SiloOptions>(configured => configured.SiloName = name);
            silo.Services.AddSingleton<IMembershipTable>(_table);
        });
        foreach (var configure in Options.SiloHostConfigurationDelegates)
        {
            configure(options, builder);
        }

        var host = builder.Build();
        await host.StartAsync();
        var handle = new InProcessSiloHandle(host, options);
        lock (_silos)
        {
            _silos.Add(handle);
        }

        return handle;
    }

    private async Task RemoveAsync(InProcessSiloHandle instance, bool stopGracefully)
    {
        lock (_silos)
        {
            if (!_silos.Remove(instance))
            {
                return;
            }
        }

        await instance.StopSiloAsync(stopGracefully);
    }
}
