using System.CommandLine;
using System.Text.Json;
using Granary.Benchmarks.Serve;

namespace Granary.Host.Tests.Benchmarks;

public sealed class ServeCommandTests
{
    [Theory]
    [InlineData("--model", "m")]
    [InlineData("--model", "m", "--base-url", "https://example.com:8000", "--request-rate", "inf", "--percentile-metrics", "ttft,itl", "--metric-percentiles", "50,99.9")]
    [InlineData("--model", "m", "--num-prompts", "200", "--request-rate", "20", "--random-input-len", "200", "--random-output-len", "64", "--ignore-eos", "--goodput", "ttft:200", "tpot:20", "--json", "load.json")]
    public void Parse_ofWhatIsThere_hasNoErrors(params string[] arguments) => Assert.Empty(ServeCommand.Create().Parse(arguments).Errors);

    [Theory]
    [InlineData("--base-url", "nowhere")]
    [InlineData("--request-rate", "0")]
    [InlineData("--percentile-metrics", "ttft,nonsense")]
    [InlineData("--metric-percentiles", "101")]
    [InlineData("--goodput", "ttft")]
    [InlineData("--dataset-name", "sonnet")]
    public void Parse_ofWhatIsNot_namesTheFlag(string flag, string value) =>
        Assert.Contains(ServeCommand.Create().Parse(["--model", "m", flag, value]).Errors, error => error.Message.Contains(flag, StringComparison.Ordinal));

    [Fact]
    public async Task Invoke_withAServerThatIsNotThere_reportsFailures()
    {
        var file = Path.GetTempFileName();
        string[] arguments = ["--model", "m", "--base-url", "http://127.0.0.1:1", "--num-prompts", "2", "--random-input-len", "2", "--goodput", "ttft:1", "--json", file];

        var code = await ServeCommand.Create().Parse(arguments).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, TestContext.Current.CancellationToken);

        Assert.Equal(1, code);
        var report = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal((2, 0), (report.GetProperty("failed").GetInt32(), report.GetProperty("completed").GetInt32()));
        File.Delete(file);
    }
}
