using System.Net;
using Granary.Chaos.Network;
using Granary.Host.Local;

namespace Granary.Chaos.Silos;

/// <summary>A cluster under test: real silo processes, real PostgreSQL and Redis, each of which can be killed, paused, cut off and started again.</summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    // Away from those of `up`, which may run beside this.
    private const int FirstSiloPort = 12111;
    private const int FirstStorePort = 17379;
    private const int FirstGatewayPort = 24080;
    private const int DiskMegabytes = 16;

    private readonly ClusterSetup _setup;
    private readonly GranaryPaths _paths;
    private readonly Progress _progress;
    private readonly List<ChaosSilo> _silos = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly string _password;
    private Task _supervising = Task.CompletedTask;

    private ChaosCluster(ClusterSetup setup, string folder, Progress progress)
    {
        _setup = setup;
        _paths = new GranaryPaths(HostProgram.Root) { DataFolder = folder };
        _progress = progress;
        _password = StoreSecrets.Password(_paths);
        Redis = Store("redis", FirstStorePort, (port, token) => RedisServer.StartAsync(_paths, _password, progress, token, port));
        Postgres = Store("postgresql", Redis.Port + 1, (port, token) => PostgresServer.StartAsync(_paths, _password, progress, token, port));
        Network = new ChaosNetwork(() => _silos.ToDictionary(silo => silo.Process.Id, silo => silo.Name));
    }

    /// <summary>Its silos.</summary>
    public IReadOnlyList<ChaosSilo> Silos => _silos;

    /// <summary>Where sessions and the token log are, unless the setup says otherwise.</summary>
    public StoreServer Redis { get; }

    /// <summary>Where the membership is.</summary>
    public StoreServer Postgres { get; }

    /// <summary>What is between them.</summary>
    public ChaosNetwork Network { get; }

    /// <summary>The disk of KV blocks, where there is one.</summary>
    public SmallDisk? Disk { get; private set; }

    /// <summary>Where logs and data are.</summary>
    public string Folder => _paths.Data;

    /// <summary>What it was made of.</summary>
    public ClusterSetup Setup => _setup;

    /// <summary>Starts everything in <paramref name="folder"/> and waits until all gateways are ready.</summary>
    public static async Task<ChaosCluster> StartAsync(ClusterSetup setup, string folder, CancellationToken cancellationToken)
    {
        var cluster = new ChaosCluster(setup, Path.GetFullPath(folder), new Progress(TextWriter.Null, rewrite: false, TimeProvider.System));
        try
        {
            await cluster.StartAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The silo of that name.</summary>
    public ChaosSilo this[string name] => _silos.Single(silo => silo.Name == name);

    /// <summary>Waits until the gateways are ready that should run.</summary>
    public Task WaitUntilReadyAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_silos.Select(silo => SiloHealth.WaitUntilReadyAsync(silo, TimeSpan.FromMinutes(2), cancellationToken)));

    /// <summary>Imports the model under another name, too.</summary>
    public Task ImportAsync(string name, CancellationToken cancellationToken) => ChaosModel.ImportAsync(_paths, _progress, cancellationToken, name);

    /// <summary>Has Redis say or do something.</summary>
    public Task TellRedisAsync(string command, CancellationToken cancellationToken) => RedisCommand.SendAsync(Redis.Port, _password, command, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _supervising;
        foreach (var silo in _silos.Where(silo => silo.Starts > 0))
        {
            silo.Kill();
        }

        foreach (var store in new[] { Redis, Postgres }.Where(store => store.IsStarted))
        {
            store.Kill();
        }

        await Network.DisposeAsync();
        if (Disk is { } disk)
        {
            await disk.DisposeAsync();
        }

        _ending.Dispose();
        var stores = UnprivilegedUser.StoreFolder(_paths.Data);
        if (stores != _paths.Data && Directory.Exists(stores))
        {
            await Deletion.DeleteAsync(stores);
        }
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_paths.Logs);
        await ChaosModel.ImportAsync(_paths, _progress, cancellationToken);
        if (_setup.HasStores)
        {
            await Postgres.StartAsync(cancellationToken);
            await Redis.StartAsync(cancellationToken);
        }

        Disk = _setup.HasDisk ? await SmallDisk.MountAsync(Path.Combine(_paths.Data, "small-disk"), DiskMegabytes, cancellationToken) : null;
        var (silo, gateway) = (FirstSiloPort, FirstGatewayPort);
        foreach (var (index, spec) in _setup.Silos.Index())
        {
            (silo, gateway) = (FreePort.AtOrAfter(silo), FreePort.AtOrAfter(gateway));
            Add(index, spec, silo, gateway);
            (silo, gateway) = (silo + 1, gateway + 1);
        }

        _silos.ForEach(each => each.Start());
        _supervising = SuperviseAsync(_ending.Token);
        await WaitUntilReadyAsync(cancellationToken);
    }

    private void Add(int index, SiloSpec spec, int siloPort, int gatewayPort)
    {
        var url = new Uri($"http://127.0.0.1:{gatewayPort}");
        var environment = new SiloEnvironment(_setup, _paths, Redis, Postgres).Of(spec, url, siloPort, Disk?.Folder);
        if (_setup.HasNetwork)
        {
            // Advertised at an address of its own, where the relay is.
            var advertised = IPAddress.Parse($"127.0.77.{10 + index}");
            Network.AddSilo(spec.Name, new IPEndPoint(advertised, siloPort));
            environment["Granary__Silo__AdvertisedAddress"] = advertised.ToString();
            environment["Granary__Silo__ListenAddress"] = "127.0.0.1";
            environment["Granary__Clustering__ConnectionString"] = Postgres.ConnectionStringAt(Network.AddStore(spec.Name, Postgres.Name, Postgres.Port));
            var storage = _setup.Storage == "redis" ? Redis : Postgres;
            environment["Granary__Storage__ConnectionString"] = storage.ConnectionStringAt(Network.AddStore(spec.Name, storage.Name, storage.Port));
        }

        var log = Path.Combine(_paths.Logs, spec.Name + ".log");
        var command = new[] { "dotnet", HostProgram.Path, "silo", "--config", _paths.SiloConfig(spec.Config) };
        _silos.Add(new ChaosSilo(spec, url, siloPort, () => ManagedProcess.Start(spec.Name, command, log, environment, url)));
    }

    private async Task SuperviseAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (var silo in _silos.Where(silo => !silo.IsHeld && !silo.Process.IsAlive()))
            {
                silo.Start();
            }

            await Task.Delay(200, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static StoreServer Store(string name, int firstPort, Func<int, CancellationToken, Task<(ManagedProcess Process, string ConnectionString)>> start)
    {
        var port = FreePort.AtOrAfter(firstPort);
        return new StoreServer(name, port, token => start(port, token));
    }
}
