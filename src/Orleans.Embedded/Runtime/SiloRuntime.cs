using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Connections.Security;
using Orleans.Hosting;
using Orleans.Runtime.Directory;
using Orleans.Runtime.Management;
using Orleans.Runtime.Membership;
using Orleans.Runtime.Messaging;

namespace Orleans.Runtime;

/// <summary>A silo: its parts, and how they start and stop together.</summary>
internal sealed class SiloRuntime : ILocalSiloDetails, IAsyncDisposable
{
    private static int _lastGeneration;

    private readonly EndpointOptions _endpoints;
    private readonly CancellationTokenSource _collecting = new();
    private Task _collector = Task.CompletedTask;
    private int _isAborted;

    public SiloRuntime(IServiceProvider services)
    {
        Services = services;
        Time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        Messaging = Get<SiloMessagingOptions>();
        Collection = Get<GrainCollectionOptions>();
        MembershipOptions = Get<ClusterMembershipOptions>();
        DirectoryOptions = Get<GrainDirectoryOptions>();
        ClusterId = Get<ClusterOptions>().ClusterId;
        _endpoints = Get<EndpointOptions>();
        Address = SiloAddress.New(_endpoints.AdvertisedIPAddress ?? IPAddress.Loopback, _endpoints.SiloPort, NewGeneration());
        Name = Get<SiloOptions>().SiloName ?? $"Silo_{Address.Generation:x}";
        Logs = new(services.GetRequiredService<ILoggerFactory>().CreateLogger("Orleans.Silo"));

        Types = new(Collection, Messaging);
        Calls = new(this);
        Observers = new(this);
        GrainFactory = new(Calls, Types, () => Observers, services);
        SystemTargets = new(this);
        Catalog = new(this);
        Directory = new(this);
        Placement = new(this);
        Router = new(this);
        Security = new(services.GetService<TlsOptions>());
        Connections = new(this);
        Membership = new(this, services.GetRequiredService<IMembershipTable>());
        Watch = new(this);
        Manifests = new(this, new([.. Types.All.Select(type => type.ToString())], services.GetService<LocalSiloMetadata>()?.Values ?? []));
        Loads = new(this);
        Migration = new(this);
        SystemTargets.Add<IDirectoryTarget>(Directory);
        SystemTargets.Add<ISiloControl>(new SiloControl(this));
    }

    public SiloAddress Address { get; }

    public string Name { get; }

    public string ClusterId { get; }

    public string DnsHostName { get; } = Dns.GetHostName();

    public int GatewayPort => _endpoints.GatewayPort;

    public IServiceProvider Services { get; }

    public TimeProvider Time { get; }

    public SiloLogs Logs { get; }

    public SiloMessagingOptions Messaging { get; }

    public GrainCollectionOptions Collection { get; }

    public ClusterMembershipOptions MembershipOptions { get; }

    public GrainDirectoryOptions DirectoryOptions { get; }

    public GrainTypes Types { get; }

    public GrainCalls Calls { get; }

    public ObserverRegistry Observers { get; }

    public GrainFactory GrainFactory { get; }

    public SystemTargets SystemTargets { get; }

    public Catalog Catalog { get; }

    public GrainDirectory Directory { get; }

    public PlacementService Placement { get; }

    public MessageRouter Router { get; }

    public ConnectionSecurity Security { get; }

    public Messaging.Connections Connections { get; }

    public ClusterMembership Membership { get; }

    public SiloWatch Watch { get; }

    public SiloManifests Manifests { get; }

    public SiloLoads Loads { get; }

    public MigrationService Migration { get; }

    // Resolved late: filters may ask for the grain factory, which is this silo's.
    public IIncomingGrainCallFilter[] IncomingFilters => field ??= [.. Services.GetServices<IIncomingGrainCallFilter>()];

    public IOutgoingGrainCallFilter[] OutgoingFilters => field ??= [.. Services.GetServices<IOutgoingGrainCallFilter>()];

    /// <summary>Takes no new activations any more.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Has stopped or was declared dead.</summary>
    public bool IsStopped => _isAborted != 0;

    SiloAddress ILocalSiloDetails.SiloAddress => Address;

    SiloAddress? ILocalSiloDetails.GatewayAddress => GatewayPort == 0 ? null : SiloAddress.New(Address.Endpoint.Address, GatewayPort, 0);

    public async Task StartAsync(CancellationToken token)
    {
        Connections.Listen(_endpoints.SiloListeningEndpoint ?? Address.Endpoint);
        try
        {
            Calls.Start();
            await Membership.JoinAsync(token);
            await Manifests.LearnAsync(Membership.Current).WaitAsync(MembershipOptions.MaxJoinAttemptTime, Time, token);
            await Membership.SetStatusAsync(SiloStatus.Active, token);
            Watch.Start();
            Loads.Start();
            _collector = CleanContext.Run(this, static silo => Task.Run(silo.CollectAsync));
            Logs.Started(Name, Address, ClusterId);
            foreach (var task in Services.GetServices<StartupTask>().OrderBy(task => task.Stage))
            {
                await task.Run(Services, token);
            }
        }
        catch
        {
            await AbortAsync();
            throw;
        }
    }

    /// <summary>Leaves in good order: no new activations, all activations ended, then out of the membership. Hurries when the token is cancelled.</summary>
    public async Task StopAsync(CancellationToken token)
    {
        if (IsStopped)
        {
            return;
        }

        try
        {
            IsStopping = true;
            await Membership.SetStatusAsync(SiloStatus.ShuttingDown, token);
            await Catalog.DeactivateAllAsync(token);
            await Connections.DrainAsync(token);
            await Membership.SetStatusAsync(SiloStatus.Dead, CancellationToken.None);
        }
        catch (Exception exception)
        {
            Logs.StopFailed(exception);
        }

        await AbortAsync();
        Logs.Stopped(Name, Address);
    }

    /// <summary>Stops at once, as if the process had died: nobody is told.</summary>
    public async Task AbortAsync()
    {
        if (Interlocked.Exchange(ref _isAborted, 1) != 0)
        {
            return;
        }

        IsStopping = true;
        await Connections.DisposeAsync();
        await _collecting.CancelAsync();
        await Watch.DisposeAsync();
        await Loads.DisposeAsync();
        await Membership.DisposeAsync();
        Catalog.Abandon();
        Calls.FailAll();
        Calls.Dispose();
        await _collector.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The others go on without this silo: it must not run grains that they run, too.</summary>
    public void OnDeclaredDead()
    {
        if (IsStopping)
        {
            return;
        }

        Logs.DeclaredDead(Address);
        _ = CleanContext.Run(this, static silo => Task.Run(async () =>
        {
            await silo.AbortAsync();
            silo.Services.GetService<IHostApplicationLifetime>()?.StopApplication();
        }));
    }

    public void OnViewChanged(ClusterView previous, ClusterView view)
    {
        Directory.OnViewChanged(view);
        foreach (var member in previous.Members.Where(member => !previous.IsGone(member.SiloAddress) && view.IsGone(member.SiloAddress)))
        {
            Calls.SiloDied(member.SiloAddress);
            Connections.SiloDied(member.SiloAddress);
        }

        _ = Manifests.LearnAsync(view);
        foreach (var other in view.LiveSilos.Where(other => !other.Equals(Address)))
        {
            Connections.Watch(other);
        }
    }

    public ValueTask DisposeAsync() => new(AbortAsync());

    // Seconds are too coarse for silos that restart at the same port in one process.
    private static int NewGeneration()
    {
        while (true)
        {
            var last = Volatile.Read(ref _lastGeneration);
            var next = Math.Max(last + 1, SiloAddress.AllocateNewGeneration());
            if (Interlocked.CompareExchange(ref _lastGeneration, next, last) == last)
            {
                return next;
            }
        }
    }

    private TOptions Get<TOptions>()
        where TOptions : class => Services.GetRequiredService<IOptions<TOptions>>().Value;

    private async Task CollectAsync()
    {
        using var timer = new PeriodicTimer(Collection.CollectionQuantum, Time);
        while (await timer.WaitForNextTickAsync(_collecting.Token))
        {
            Catalog.Collect();
        }
    }
}
