using Granary.Gateway;
using Granary.Grains;
using Granary.Host.Commands;
using Granary.Health;
using Granary.Host.Local;
using Granary.Host.Telemetry;
using Granary.Models.Catalog;
using Granary.Shards;
using Microsoft.Extensions.Options;

namespace Granary.Host.Silo;

/// <summary>One silo with its gateway, from a configuration file.</summary>
internal static class SiloHost
{
    // What is still open after the drain is closed, and what sleeps here is stored.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(15);

    public static async Task<int> RunAsync(FileInfo config, IReadOnlyList<string> serve)
    {
        try
        {
            await using var app = Build(config, serve);
            var end = app.Services.GetRequiredService<IProcessEnd>();
            await app.RunAsync();
            if (Environment.ExitCode != 0)
            {
                end.End(); // a silo that left because it was stuck may start itself again
            }

            return Environment.ExitCode;
        }
        catch (OptionsValidationException failure)
        {
            throw new CommandException($"{config.FullName}: {string.Join("; ", failure.Failures)}", innerException: failure);
        }
        catch (IOException failure) when (failure.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new CommandException($"{config.FullName}: Granary:Gateway:Urls: {failure.Message}; choose another port or stop what uses it", innerException: failure);
        }
    }

    private static WebApplication Build(FileInfo config, IReadOnlyList<string> serve)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        SiloConfiguration.Load(builder.Configuration, config, serve);
        RequireModels(builder.Configuration);
        builder.Logging.AddLines(builder.Configuration);
        builder.Services.AddTracing(builder.Configuration);
        builder.Host.UseOrleans(silo => silo.AddGranary(builder.Configuration));
        builder.Services.AddGranaryGateway(builder.Configuration);
        builder.Services.AddHostedService<FirstKey>();
        builder.Services.AddSingleton<IHostLifetime, SiloLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        var app = builder.Build();
        app.MapGranaryGateway();
        return app;
    }

    // Said before anything starts, rather than by a silo that is up and not ready.
    private static void RequireModels(ConfigurationManager configuration)
    {
        var options = configuration.GetSection(ModelsOptions.SectionName).Get<ModelsOptions>() ?? new ModelsOptions();
        var models = new ModelCatalog(options.Folder).List();
        if (options.Serve.FirstOrDefault(name => models.All(model => model.Name != name)) is { } missing)
        {
            throw ModelImports.NotImported(missing, models);
        }
    }
}
