using System.Diagnostics;
using System.Runtime.InteropServices;
using Granary.Clustering;

namespace Granary.Host.Silo;

/// <summary>
/// The first SIGTERM or Ctrl-C drains the silo, which then stops the application; the second ends the process at once. A silo that has not started yet just stops.
/// </summary>
internal sealed class SiloLifetime(ISiloDrain drain, IHostApplicationLifetime lifetime) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _signals;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (var signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT })
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signals) > 1)
        {
            using var self = Process.GetCurrentProcess();
            self.Kill();
        }
        else if (lifetime.ApplicationStarted.IsCancellationRequested)
        {
            drain.Begin();
        }
        else
        {
            lifetime.StopApplication();
        }
    }
}
