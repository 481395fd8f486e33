namespace Granary.Architecture.Tests;

/// <summary>Arrows run one way: Host → Gateway → Grains → {Engine, Models} → Abstractions.</summary>
public sealed class ArrowTests
{
    [Theory]
    [InlineData("Granary.Abstractions", "")]
    [InlineData("Granary.Models", "Granary.Abstractions")]
    [InlineData("Granary.Engine", "Granary.Abstractions")]
    [InlineData("Granary.Grains", "Granary.Abstractions Granary.Engine Granary.Models")]
    [InlineData("Granary.Gateway", "Granary.Abstractions Granary.Grains")]
    [InlineData("granary", "Granary.Abstractions Granary.Engine Granary.Gateway Granary.Grains Granary.Models")]
    public void Project_refers_only_to_those_below_it(string project, string allowed)
    {
        var own = References.Of(project).Assemblies.Where(name => name.StartsWith("Granary.", StringComparison.OrdinalIgnoreCase));

        Assert.Empty(own.Except(allowed.Split(' ')));
    }

    /// <summary>Read from the sources: Orleans' generator, which comes with the records of Abstractions, leaves a mark in every assembly.</summary>
    [Theory]
    [InlineData("src/Granary.Models")]
    [InlineData("src/Granary.Engine")]
    public void Below_grains_nothing_knows_Orleans(string folder) =>
        Assert.Empty(RepositoryFiles.Below(folder, "*.cs").Where(file => File.ReadAllText(file.FullName).Contains("Orleans", StringComparison.Ordinal)).Select(RepositoryFiles.Relative));

    [Theory]
    [InlineData("Granary.Abstractions")]
    [InlineData("Granary.Models")]
    [InlineData("Granary.Engine")]
    [InlineData("Granary.Grains")]
    public void Below_the_gateway_nothing_knows_HTTP(string project) =>
        Assert.DoesNotContain(References.Of(project).Types, type =>
            type.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal) || type.StartsWith("System.Net.Http.", StringComparison.Ordinal));

    [Fact]
    public void Only_models_and_engine_know_their_native_libraries() =>
        Assert.All(["Granary.Abstractions", "Granary.Models", "Granary.Grains", "Granary.Gateway"], project =>
            Assert.DoesNotContain(References.Of(project).Types, type => type.StartsWith("Microsoft.ML.OnnxRuntime.", StringComparison.Ordinal)));

    [Fact]
    public void Grains_and_engine_meet_in_shards_alone() =>
        Assert.Equal(["Granary.Shards"], References.NamespacesUsing("Granary.Grains", "Granary.Engine"));

    [Fact]
    public void Embedded_engine_knows_nothing_of_Granary()
    {
        var project = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "src/Orleans.Embedded/Orleans.Embedded.csproj"));

        Assert.DoesNotContain("Granary.", project, StringComparison.Ordinal);
        Assert.Empty(RepositoryFiles.Below("src/Orleans.Embedded", "*.cs").Concat(RepositoryFiles.Below("src/Orleans.Embedded.Generator", "*.cs"))
            .Where(file => File.ReadAllText(file.FullName).Contains("Granary", StringComparison.Ordinal)).Select(RepositoryFiles.Relative));
    }
}
