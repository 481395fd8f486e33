using Granary.Host.Local;

namespace Granary.Cluster.Tests.CommandLine;

public sealed class FailureTests : IDisposable
{
    private readonly Cli _cli = new(Directory.CreateTempSubdirectory("granary-failure-").FullName);

    [Fact]
    public async Task Up_withModelThatIsNotImported_saysSoAndLeavesNothingRunning()
    {
        var result = await _cli.RunAsync("up", "--serve", "no-such-model", "--port", $"{FreePort.AtOrAfter(22000)}");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("model import", Assert.Single(result.Error.Trim().Split('\n')), StringComparison.Ordinal);
        Assert.Null(LocalState.Load(new GranaryPaths(Cli.RepositoryRoot) { DataFolder = _cli.Data }));
    }

    [Theory]
    [InlineData("up", "--zones", "99")]
    [InlineData("up", "--no-such-flag")]
    [InlineData("silo")]
    [InlineData("no-such-command")]
    [InlineData("chat", "--url", "not an address", "Hello")]
    public async Task WrongFlags_endWithOneLineAndExitCode2(params string[] arguments)
    {
        var result = await _cli.RunAsync(arguments);

        Assert.Equal(2, result.ExitCode);
        Assert.Single(result.Error.Trim().Split('\n'));
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("up", "--help")]
    [InlineData("down", "--help")]
    [InlineData("silo", "--help")]
    [InlineData("chat", "--help")]
    [InlineData("model", "--help")]
    [InlineData("model", "import", "--help")]
    [InlineData("model", "list", "--help")]
    [InlineData("model", "show", "--help")]
    [InlineData("model", "remove", "--help")]
    [InlineData("cluster", "--help")]
    [InlineData("cluster", "status", "--help")]
    [InlineData("version", "--help")]
    public async Task Help_isEverywhere(params string[] arguments)
    {
        var result = await _cli.RunAsync(arguments);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Usage:", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "Granary": { "Silo": { "Zon": "az-a" } } }""", "Zon")]
    [InlineData("""{ "Granary": { "Storage": { "Kind": "floppy" } } }""", "Kind")]
    [InlineData("""{ "Granary": """, "silo.json")]
    public async Task Silo_withWrongConfiguration_namesFileAndKey(string json, string named)
    {
        var file = Path.Combine(_cli.Data, "silo.json");
        await File.WriteAllTextAsync(file, json);

        var result = await _cli.RunAsync("silo", "--config", file);

        Assert.Equal(1, result.ExitCode);
        var line = Assert.Single(result.Error.Trim().Split('\n'));
        Assert.Contains(file, line, StringComparison.Ordinal);
        Assert.Contains(named, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_withoutGateway_saysWhatToDo()
    {
        var result = await _cli.RunAsync("chat", "--url", $"http://127.0.0.1:{FreePort.AtOrAfter(23000)}", "Hello");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("deploy/up", Assert.Single(result.Error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_importListShowRemove_goRound()
    {
        var golden = Path.Combine(Cli.RepositoryRoot, "tests", "golden", "qwen3");

        Assert.Equal(0, (await _cli.RunAsync("model", "import", golden, "--name", "tiny")).ExitCode);
        Assert.Contains("tiny", (await _cli.RunAsync("model", "list")).Output, StringComparison.Ordinal);
        Assert.Contains("\"architecture\": \"qwen3\"", (await _cli.RunAsync("model", "show", "tiny")).Output, StringComparison.Ordinal);
        Assert.Equal(1, (await _cli.RunAsync("model", "import", golden, "--name", "tiny")).ExitCode);
        Assert.Equal(0, (await _cli.RunAsync("model", "remove", "tiny")).ExitCode);
        Assert.Equal(1, (await _cli.RunAsync("model", "remove", "tiny")).ExitCode);
    }

    [Fact]
    public async Task Kill9_ofAnImport_leavesNothingHalf_andTheNextOneWorks()
    {
        var demo = Path.Combine(Cli.RepositoryRoot, "deploy", "models", LocalCluster.DemoModel);
        using (var import = _cli.Start("model", "import", demo, "--name", "mine"))
        {
            Assert.Contains("importing", await import.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
            import.Kill();
            await import.WaitForExitAsync();
            Assert.NotEqual(0, import.ExitCode);
        }

        Assert.DoesNotContain("mine", (await _cli.RunAsync("model", "list")).Output, StringComparison.Ordinal);
        Assert.Equal(1, (await _cli.RunAsync("model", "show", "mine")).ExitCode);
        var again = await _cli.RunAsync("model", "import", demo, "--name", "mine");
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Contains("mine", (await _cli.RunAsync("model", "list")).Output, StringComparison.Ordinal);
        Assert.Equal(["mine"], new DirectoryInfo(Path.Combine(_cli.Data, "models")).EnumerateDirectories().Select(folder => folder.Name));
    }

    public void Dispose() => Directory.Delete(_cli.Data, recursive: true);
}
