using Granary.Host.Commands;
using Granary.Models.Catalog;

namespace Granary.Host.Local;

/// <summary>Starts and stops Granary on one machine: one silo with SQLite, or a silo a zone with PostgreSQL and Redis.</summary>
internal sealed class LocalCluster(GranaryPaths paths, Progress progress)
{
    public const string DemoModel = "granary-chat";
    public const int MaxZones = 3;

    private readonly LocalState _state = new() { Processes = [] };

    public async Task<int> UpAsync(UpRequest request, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(paths.Data);
        using var onlyOne = Exclusive();
        if (LocalState.Load(paths) is { } earlier && earlier.Processes.Any(process => process.IsAlive()))
        {
            throw new CommandException($"already running at {earlier.FirstLiveGateway()}; stop it first with deploy/down");
        }

        try
        {
            await ImportAsync(request, cancellationToken);
            var environment = request.Zones > 0 ? await StartStoresAsync(cancellationToken) : OneMachine();
            StartSilos(request, environment);
            await Task.WhenAll(_state.Processes.Where(process => process.Url is not null)
                .Select(process => SiloProcess.WaitUntilReadyAsync(paths, process, progress.Step, cancellationToken)));
        }
        catch (Exception)
        {
            progress.Clear();
            await StopAsync(_state);
            throw;
        }

        Welcome.Print(progress, _state, paths, FirstKeys.Take(paths));
        return 0;
    }

    public async Task<int> DownAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(paths.Data);
        using var onlyOne = Exclusive();
        if (LocalState.Load(paths) is not { } state)
        {
            progress.Done("nothing is running");
            return 0;
        }

        await StopAsync(state);
        progress.Done($"stopped {string.Join(", ", state.Processes.Select(process => process.Name))}");
        return 0;
    }

    private async Task ImportAsync(UpRequest request, CancellationToken cancellationToken)
    {
        var catalog = new ModelCatalog(paths.Models);
        var models = catalog.List();
        foreach (var name in request.Serve.Where(name => models.All(model => model.Name != name)))
        {
            if (name != DemoModel)
            {
                throw ModelImports.NotImported(name, models);
            }

            // One that an older version imported is not listed, and in the way.
            var manifest = await ModelImports.ImportAsync(catalog, new ImportRequest { Source = paths.DemoModelSource, Name = DemoModel, Replace = true }, progress, cancellationToken);
            progress.Done($"imported {manifest.Name}: {manifest.ParameterCount / 1e6:F1} M parameters, {manifest.Weights}");
        }
    }

    private async Task<Dictionary<string, string>> StartStoresAsync(CancellationToken cancellationToken)
    {
        var password = StoreSecrets.Password(paths);
        var (postgres, clustering) = await PostgresServer.StartAsync(paths, password, progress, cancellationToken);
        Remember(postgres);
        var (redis, storage) = await RedisServer.StartAsync(paths, password, progress, cancellationToken);
        Remember(redis);
        progress.Done("stores: PostgreSQL (membership) and Redis (grain state) are up");
        return new(StringComparer.Ordinal) { ["Granary__Clustering__ConnectionString"] = clustering, ["Granary__Storage__ConnectionString"] = storage };
    }

    private Dictionary<string, string> OneMachine() => new(StringComparer.Ordinal) { ["Granary__Storage__ConnectionString"] = Path.Combine(paths.Data, "granary.db") };

    private void StartSilos(UpRequest request, Dictionary<string, string> environment)
    {
        environment["Granary__Models__Folder"] = paths.Models;
        foreach (var (index, name) in request.Serve.Index())
        {
            environment[$"Granary__Models__Serve__{index}"] = name;
        }

        var names = request.Zones == 0 ? ["one-machine"] : Enumerable.Range(0, request.Zones).Select(zone => $"az-{(char)('a' + zone)}").ToArray();
        SharedCores.Divide(environment, names.Length);
        var (http, silo, gateway) = (request.Port, 11111, 30000);
        foreach (var name in names)
        {
            (http, silo, gateway) = (FreePort.AtOrAfter(http), FreePort.AtOrAfter(silo), FreePort.AtOrAfter(gateway));
            Remember(SiloProcess.Start(paths, new SiloPlan(name, paths.SiloConfig(name), new Uri($"http://127.0.0.1:{http}"), silo, gateway, environment)));
            (http, silo, gateway) = (http + 1, silo + 1, gateway + 1);
        }
    }

    // Written after every start, so that down finds all of it even when this process is killed.
    private void Remember(ManagedProcess process)
    {
        _state.Processes.Add(process);
        _state.Save(paths);
    }

    // Silos first: they deactivate their grains into the stores. All silos at a time, then the stores.
    private async Task StopAsync(LocalState state)
    {
        foreach (var group in state.Processes.GroupBy(process => process.Url is null).OrderBy(group => group.Key))
        {
            await Task.WhenAll(group.Select(process => process.StopAsync(
                TimeSpan.FromSeconds(20), elapsed => progress.Step($"stopping {process.Name}, {elapsed.TotalSeconds:F0} s"))));
        }

        progress.Clear();
        LocalState.Forget(paths);
    }

    private FileStream Exclusive()
    {
        try
        {
            return new FileStream(Path.Combine(paths.Data, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException failure)
        {
            throw new CommandException("another deploy/up or deploy/down is at work here; wait for it", innerException: failure);
        }
    }
}
