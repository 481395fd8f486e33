namespace Granary.Architecture.Tests;

public sealed class LayoutTests
{
    private const int MaxLines = 400;
    private const int MedianLines = 90;

    private static readonly string[] SourceProjects =
    [
        "Granary.Abstractions", "Granary.Engine", "Granary.Gateway", "Granary.Grains", "Granary.Host", "Granary.Models",
        "Microsoft.ML.OnnxRuntime", "Orleans.Embedded", "Orleans.Embedded.Generator",
    ];

    [Fact]
    public void Source_folder_holds_the_known_projects() =>
        Assert.Equal(SourceProjects, Directory.GetDirectories(Path.Combine(RepositoryFiles.Root, "src")).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_source_project_of_Granary_has_tests()
    {
        foreach (var project in SourceProjects.Where(name => name.StartsWith("Granary.", StringComparison.Ordinal)))
        {
            Assert.True(Directory.Exists(Path.Combine(RepositoryFiles.Root, "tests", $"{project}.Tests")), $"{project} has no tests");
        }
    }

    [Fact]
    public void Files_are_short_and_most_are_very_short()
    {
        var lengths = RepositoryFiles.Below("src", "*.cs").Select(file => (File: RepositoryFiles.Relative(file), Lines: File.ReadLines(file.FullName).Count())).ToList();

        Assert.Empty(lengths.Where(file => file.Lines > MaxLines).Select(file => $"{file.File}: {file.Lines}"));
        Assert.InRange(lengths.Select(file => file.Lines).Order().ElementAt(lengths.Count / 2), 1, MedianLines);
    }

    [Fact]
    public void Source_has_no_conditions_by_package_profile() =>
        Assert.Empty(RepositoryFiles.Below("src", "*.cs").Where(file => File.ReadLines(file.FullName).Any(line => line.StartsWith("#if", StringComparison.Ordinal))).Select(RepositoryFiles.Relative));

    [Fact]
    public void Namespaces_are_file_scoped() =>
        Assert.Empty(RepositoryFiles.Below("src", "*.cs")
            .Where(file => File.ReadLines(file.FullName).Any(line => line.StartsWith("namespace ", StringComparison.Ordinal) && !line.TrimEnd().EndsWith(';')))
            .Select(RepositoryFiles.Relative));
}
