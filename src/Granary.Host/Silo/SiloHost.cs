using Granary.Gateway;
using Granary.Grains;
using Granary.Host.Commands;
using Granary.Host.Local;
using Granary.Models.Catalog;
using Granary.Shards;
using Microsoft.Extensions.Options;

namespace Granary.Host.Silo;

/// <summary>One silo with its gateway, from a configuration file.</summary>
internal static class SiloHost
{
    public static async Task<int> RunAsync(FileInfo config, IReadOnlyList<string> serve, CancellationToken cancellationToken)
    {
        try
        {
            await using var app = Build(config, serve);
            await app.RunAsync(cancellationToken);
            return 0;
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
        builder.Logging.ClearProviders().AddFilter("Microsoft", LogLevel.Warning).AddFilter("Orleans", LogLevel.Warning).AddFilter("Polly", LogLevel.Warning).AddConfiguration(builder.Configuration.GetSection("Logging")).AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.UseUtcTimestamp = true;
            console.ColorBehavior = Microsoft.Extensions.Logging.Console.LoggerColorBehavior.Disabled;
        });
        builder.Host.UseOrleans(silo => silo.AddGranary(builder.Configuration));
        builder.Services.AddGranaryGateway(builder.Configuration);
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
