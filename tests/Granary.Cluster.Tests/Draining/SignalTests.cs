using Granary.Cluster.Tests.Running;
using Granary.Host.Local;

namespace Granary.Cluster.Tests.Draining;

/// <summary>A silo alone that is asked to end.</summary>
public sealed class SignalTests
{
    [Fact]
    public async Task Sigterm_ofTheOnlySilo_endsItWithZero()
    {
        using var silo = await LoneSilo.StartAsync("{}", serve: "", TestContext.Current.CancellationToken);

        ManagedProcess.Of("alone", silo.Process.Id).Signal(ManagedProcess.Terminate);

        await silo.Process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(0, silo.Process.ExitCode);
    }
}
