namespace Orleans.Hosting;

internal sealed record StartupTask(int Stage, Func<IServiceProvider, CancellationToken, Task> Run);
