using Granary.Completions;
using Granary.Errors;
using Granary.Grains.Tests.Fixtures;
using Granary.Serving;
using Granary.Sessions;
using Granary.TokenLog;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Serving;

/// <summary>Names of models that callers make up.</summary>
public sealed class UnknownModelTests(TwoSilos silos) : IClassFixture<TwoSilos>
{
    private readonly GranaryCluster _cluster = silos.Cluster;

    [Fact]
    public async Task Completion_ofAModelThatNobodyServes_beginsNoTurn_andWakesNoModel()
    {
        var woken = await ModelsAwakeAsync();
        for (var i = 0; i < 5; i++)
        {
            var completion = _cluster.Client.GetGrain<ICompletionGrain>($"made-up-{i}");
            var request = new GenerateRequest { RequestId = $"made-up-{i}", Prompts = [new RawPrompt("Hi")] };
            await completion.StartAsync($"made-up-{i}", request).RefusesAsync(ErrorCode.ModelNotFound);
            Assert.Null(await _cluster.Silo(0).GetRequiredService<ITokenLog>().ReadAsync(new TurnKey($"completion/made-up-{i}", 0), CancellationToken.None));
        }

        Assert.Equal((1, 1), (woken, await ModelsAwakeAsync()));
    }

    [Fact]
    public async Task Session_ofAModelThatNobodyServes_wakesNoModel()
    {
        var woken = await ModelsAwakeAsync();
        await _cluster.Session("made-up").CreateAsync(new CreateSession { Owner = "ann", Model = "made-up" }).RefusesAsync(ErrorCode.ModelNotFound);
        await _cluster.Session("made-up").CreateAsync(new CreateSession { Owner = "ann", Model = new string('m', ServedModel.MaxNameLength + 1) }).RefusesAsync(ErrorCode.InvalidRequest);
        Assert.Equal(woken, await ModelsAwakeAsync());
    }

    private async Task<int> ModelsAwakeAsync() => (await _cluster.Client.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics())
        .Where(statistic => statistic.GrainType.EndsWith(nameof(ModelGrain), StringComparison.Ordinal) || statistic.GrainType.Contains(nameof(ModelGrain) + ",", StringComparison.Ordinal))
        .Sum(statistic => statistic.ActivationCount);
}
