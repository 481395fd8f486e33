using Microsoft.Extensions.DependencyInjection;

namespace Orleans.Hosting;

/// <summary>Tasks that run when the silo has become active.</summary>
public static class SiloBuilderStartupExtensions
{
    private const int Active = 20000;

    /// <summary>Adds a task made by the services.</summary>
    public static ISiloBuilder AddStartupTask<TStartup>(this ISiloBuilder builder, int stage = Active)
        where TStartup : class, IStartupTask =>
        builder.AddStartupTask((services, token) => ActivatorUtilities.GetServiceOrCreateInstance<TStartup>(services).Execute(token), stage);

    /// <summary>Adds a task.</summary>
    public static ISiloBuilder AddStartupTask(this ISiloBuilder builder, IStartupTask startupTask, int stage = Active) =>
        builder.AddStartupTask((_, token) => startupTask.Execute(token), stage);

    /// <summary>Adds a task as a function.</summary>
    public static ISiloBuilder AddStartupTask(this ISiloBuilder builder, Func<IServiceProvider, CancellationToken, Task> startupTask, int stage = Active)
    {
        builder.Services.AddSingleton(new StartupTask(stage, startupTask));
        return builder;
    }
}
