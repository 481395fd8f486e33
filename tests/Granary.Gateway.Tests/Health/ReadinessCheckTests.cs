using Granary.Gateway.Health;
using Granary.Shards;
using Microsoft.Extensions.Hosting;

namespace Granary.Gateway.Tests.Health;

public sealed class ReadinessCheckTests
{
    [Theory]
    [InlineData("ready", "ready", "ready", "")]
    [InlineData("ready", "loading", "loading", "1 of 2 loaded")]
    [InlineData("stuck", "loading", "stuck", "No progress on a")]
    public void Check_statesOfModels_areToldInASentence(string a, string b, string status, string words)
    {
        using var lifetime = new Lifetime();
        lifetime.Start();

        var readiness = new ReadinessCheck(lifetime, new Serving(a, b)).Check();

        Assert.Equal(status, readiness.Status);
        Assert.Contains(words, readiness.Message, StringComparison.Ordinal);
        Assert.Equal(status == "ready", readiness.IsReady);
    }

    [Fact]
    public void Check_beforeStartAndAtTheEnd_isNotReady()
    {
        using var lifetime = new Lifetime();
        var check = new ReadinessCheck(lifetime, new Serving("ready", "ready"));

        Assert.Equal("starting", check.Check().Status);
        lifetime.Start();
        Assert.Equal("ready", check.Check().Status);
        lifetime.StopApplication();
        Assert.Equal("stopping", check.Check().Status);
    }

    private sealed class Serving(string a, string b) : IModelServing
    {
        public bool IsReady => a == "ready" && b == "ready";

        public IReadOnlyDictionary<string, string> Models { get; } = new Dictionary<string, string> { ["a"] = a, ["b"] = b };
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _started = new();
        private readonly CancellationTokenSource _stopping = new();

        public CancellationToken ApplicationStarted => _started.Token;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void Start() => _started.Cancel();

        public void StopApplication() => _stopping.Cancel();

        public void Dispose()
        {
            _started.Dispose();
            _stopping.Dispose();
        }
    }
}
