using Granary.Clustering;
using Granary.Gateway.Health;
using Granary.Health;
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

        var readiness = new ReadinessCheck(lifetime, new Serving(a, b), new Drain(), new Progress()).Check();

        Assert.Equal(status, readiness.Status);
        Assert.Contains(words, readiness.Message, StringComparison.Ordinal);
        Assert.Equal(status == "ready", readiness.IsReady);
    }

    [Fact]
    public void Check_beforeStartAndAtTheEnd_isNotReady()
    {
        using var lifetime = new Lifetime();
        var check = new ReadinessCheck(lifetime, new Serving("ready", "ready"), new Drain(), new Progress());

        Assert.Equal("starting", check.Check().Status);
        lifetime.Start();
        Assert.Equal("ready", check.Check().Status);
        lifetime.StopApplication();
        Assert.Equal("stopping", check.Check().Status);
    }

    [Theory]
    [InlineData(true, true, "draining")]
    [InlineData(false, true, "evacuated")]
    [InlineData(false, false, "ready")]
    public void Check_whileTheSiloIsBeingEmptied_isNotReady(bool isLeaving, bool isDraining, string status)
    {
        using var lifetime = new Lifetime();
        lifetime.Start();

        var readiness = new ReadinessCheck(lifetime, new Serving("ready", "ready"), new Drain { IsLeaving = isLeaving, IsDraining = isDraining }, new Progress()).Check();

        Assert.Equal(status, readiness.Status);
    }

    [Fact]
    public void Check_whileThePartsThatAllWaitForAreStalled_isStuckAndNamesThem()
    {
        using var lifetime = new Lifetime();
        lifetime.Start();

        var readiness = new ReadinessCheck(lifetime, new Serving("stuck", "ready"), new Drain(), new Progress("the token log", "the store")).Check();

        Assert.Equal("stuck", readiness.Status);
        Assert.Equal("No progress on a, the token log, the store though work waits.", readiness.Message);
    }

    private sealed class Progress(params string[] stalled) : ILocalProgress
    {
        public IReadOnlyList<string> Stalled => stalled;
    }

    private sealed class Drain : ISiloDrain
    {
        public bool IsLeaving { get; init; }

        public bool IsDraining { get; init; }

        public bool SendsAway => IsDraining;

        public void Begin() => throw new NotSupportedException();
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
