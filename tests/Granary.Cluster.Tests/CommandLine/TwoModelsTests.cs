using System.Text.Json;

namespace Granary.Cluster.Tests.CommandLine;

public sealed class TwoModelsTests(TwoModels cluster) : IClassFixture<TwoModels>
{
    [Fact]
    public async Task BothModels_areListedAndAnswer()
    {
        using var http = new HttpClient { BaseAddress = cluster.Silos[0].Url };
        using var models = JsonDocument.Parse(await http.GetStringAsync(new Uri("v1/models", UriKind.Relative)));
        Assert.Equal(["granary-chat", TwoModels.Second], models.RootElement.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()));

        foreach (var name in new[] { "granary-chat", TwoModels.Second })
        {
            var reply = await cluster.Cli.RunAsync("chat", "--model", name, "Hello");
            Assert.True(reply.ExitCode == 0 && reply.Output.Trim().Length > 0, reply.Error);
        }
    }

    [Fact]
    public async Task Chat_withoutText_talksUntilQuit()
    {
        using var chat = cluster.Cli.Start("chat");
        await chat.StandardInput.WriteAsync("Hello\n/new\nTell me a joke\n/quit\n");
        var output = await chat.StandardOutput.ReadToEndAsync();
        await chat.WaitForExitAsync();

        Assert.Equal(0, chat.ExitCode);
        Assert.Equal(4, output.Split("you ›").Length - 1);
        Assert.Equal(2, output.Split('\n').Count(line => line.StartsWith("conversation ", StringComparison.Ordinal) || line.Contains("› conversation ", StringComparison.Ordinal)));
        Assert.DoesNotContain("_not_found", output, StringComparison.Ordinal);
    }
}
