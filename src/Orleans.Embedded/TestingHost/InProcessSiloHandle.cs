using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Orleans.TestingHost;

/// <summary>A silo of a test cluster.</summary>
public sealed class InProcessSiloHandle : IAsyncDisposable
{
    internal InProcessSiloHandle(IHost host, InProcessTestSiloSpecificOptions options)
    {
        SiloHost = host;
        SpecificOptions = options;
        Runtime = host.Services.GetRequiredService<SiloRuntime>();
    }

    /// <summary>The silo's host.</summary>
    public IHost SiloHost { get; }

    /// <summary>The silo's services.</summary>
    public IServiceProvider ServiceProvider => SiloHost.Services;

    /// <summary>The silo's address.</summary>
    public SiloAddress SiloAddress => Runtime.Address;

    /// <summary>The silo's name.</summary>
    public string Name => Runtime.Name;

    /// <summary>Whether it runs.</summary>
    public bool IsActive => !Runtime.IsStopped;

    internal InProcessTestSiloSpecificOptions SpecificOptions { get; }

    internal SiloRuntime Runtime { get; }

    /// <summary>Stops in good order, or as if the process had died.</summary>
    public async Task StopSiloAsync(bool stopGracefully)
    {
        if (!stopGracefully)
        {
            await Runtime.AbortAsync();
        }

        await SiloHost.StopAsync();
        await DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (SiloHost is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
            return;
        }

        SiloHost.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => SiloAddress.ToString();
}
