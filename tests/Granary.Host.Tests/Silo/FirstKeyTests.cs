using System.Net;
using System.Net.Sockets;
using Granary.Gateway;
using Granary.Gateway.Identity;
using Granary.Gateway.Identity.Keys;
using Granary.Grains;
using Granary.Host.Silo;
using Granary.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans;

namespace Granary.Host.Tests.Silo;

public sealed class FirstKeyTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-first-key-").FullName;
    private WebApplication _silo = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_folder, "key");

    [Fact]
    public async Task Start_writesTheFirstKey_andLaterOnesLeaveItsFile()
    {
        await MakeAsync(File);
        var text = await System.IO.File.ReadAllTextAsync(File, Token);
        Assert.True(KeySecret.TryParse(text, out var secret) && secret.Matches((await FindAsync(secret))!));

        await MakeAsync(File);
        Assert.Equal(text, await System.IO.File.ReadAllTextAsync(File, Token));
        await MakeAsync(File + "2");
        Assert.False(System.IO.File.Exists(File + "2"));
    }

    [Fact]
    public async Task Start_afterOneThatBrokeOff_takesTheKeyThatItLeft()
    {
        var left = KeySecret.New(OwnedKey.LocalTenant);
        await System.IO.File.WriteAllTextAsync(File, left.ToString(), Token);

        await MakeAsync(File);

        Assert.True(left.Matches((await FindAsync(left))!));
        Assert.Equal(left.ToString(), await System.IO.File.ReadAllTextAsync(File, Token));
    }

    [Fact]
    public async Task Start_withAFileOfAnother_leavesItAndBeginsNothing()
    {
        await System.IO.File.WriteAllTextAsync(File, "mine", Token);

        await MakeAsync(File);

        Assert.Equal("mine", await System.IO.File.ReadAllTextAsync(File, Token));
        Assert.False(await _silo.Services.GetRequiredService<IGrainFactory>().GetGrain<IInstallationGrain>(IInstallationGrain.Key).HasBegunAsync());
    }

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Granary:Silo:Name"] = "first",
            ["Granary:Silo:ClusterId"] = Guid.NewGuid().ToString("N"),
            ["Granary:Silo:SiloPort"] = $"{FreePort()}",
            ["Granary:Silo:GatewayPort"] = $"{FreePort()}",
            ["Granary:Clustering:Kind"] = "localhost",
            ["Granary:Storage:Kind"] = "memory",
            ["Granary:Gateway:Urls"] = "http://127.0.0.1:0",
        });
        builder.Logging.ClearProviders();
        builder.Host.UseOrleans(silo => silo.AddGranary(builder.Configuration));
        builder.Services.AddGranaryGateway(builder.Configuration);
        _silo = builder.Build();
        await _silo.StartAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.StopAsync(CancellationToken.None);
        await _silo.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task MakeAsync(string file) => new FirstKey(
        _silo.Services.GetRequiredService<IGrainFactory>(), Options.Create(new IdentityOptions { FirstKeyFile = file }), TimeProvider.System, NullLogger<FirstKey>.Instance).StartedAsync(Token);

    private Task<ApiKey?> FindAsync(KeySecret secret) =>
        _silo.Services.GetRequiredService<IGrainFactory>().GetGrain<IKeyRingGrain>(KeyId.RingKey(KeyId.RingOfId(secret.Id))).FindAsync(secret.Id);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
