using Granary.Host.Local;

namespace Granary.Host.Tests.Local;

public sealed class ManagedProcessTests : IDisposable
{
    private readonly string _log = Path.Combine(Directory.CreateTempSubdirectory("granary-process-").FullName, "log");

    [Fact]
    public async Task Stop_ofAProcessThatIgnoresTerminate_killsItAtTheDeadline()
    {
        var process = ManagedProcess.Start("stubborn", ["sh", "-c", "trap '' TERM; echo started; while :; do sleep 1; done"], _log);
        Assert.True(process.IsAlive());

        await process.StopAsync(TimeSpan.FromMilliseconds(200), _ => { });

        Assert.False(process.IsAlive());
    }

    [Fact]
    public void IsAlive_ofAnotherProcessWithTheSameNumber_isFalse()
    {
        var self = ManagedProcess.Of("self", Environment.ProcessId);

        Assert.True(self.IsAlive());
        Assert.False((self with { StartTicks = self.StartTicks + 1 }).IsAlive());
    }

    [Fact]
    public void Signal_toAProcessThatIsGone_doesNothing() =>
        (ManagedProcess.Of("self", Environment.ProcessId) with { StartTicks = 1 }).Signal(ManagedProcess.Kill);

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_log)!, recursive: true);
}
