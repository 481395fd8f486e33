using System.Text;

namespace Granary.Engine.Tests.Toy;

internal static class EngineTestExtensions
{
    /// <summary>Reads a generation to its end and checks that its outputs have no hole.</summary>
    public static Task<Generation> CompleteAsync(this IEngine engine, EngineRequest request, CancellationToken ct = default) =>
        engine.GenerateAsync(request, ct).CompleteAsync(request.Prompt.Length);

    /// <inheritdoc cref="CompleteAsync(IEngine, EngineRequest, CancellationToken)"/>
    public static async Task<Generation> CompleteAsync(this IAsyncEnumerable<EngineOutput> outputs, int promptTokens)
    {
        List<int> tokens = [];
        var text = new StringBuilder();
        EngineOutput? last = null;
        await foreach (EngineOutput output in outputs)
        {
            Assert.Null(last?.FinishReason);
            Assert.Equal(tokens.Count, output.FirstIndex);
            tokens.AddRange(output.Tokens);
            text.Append(output.Text);
            last = output;
        }

        Assert.NotNull(last);
        Assert.NotNull(last.FinishReason);
        Assert.NotNull(last.Usage);
        Assert.Equal(promptTokens, last.Usage.PromptTokens);
        Assert.Equal(tokens.Count, last.Usage.OutputTokens);
        return new Generation([.. tokens], text.ToString(), last.FinishReason.Value);
    }
}

internal sealed record Generation(int[] Tokens, string Text, Granary.Models.FinishReason FinishReason);
