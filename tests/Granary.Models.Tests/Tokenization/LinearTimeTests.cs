using System.Text;
using Granary.Models.Tokenization;

namespace Granary.Models.Tests.Tokenization;

/// <summary>
/// Steps of matching and merging are counted, not seconds: eight times the text may take some eight times the steps. Quadratic work
/// would take sixty-four times.
/// </summary>
public sealed class LinearTimeTests
{
    private const int Small = 1 << 13;
    private const int Factor = 8;

    // Below this, a cache that knows the words already may make either count zero.
    private const int Slack = 2 * Small;
    private const int MostStepsPerChar = 40;

    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (var model in (string[])["qwen3", "llama3_1", "gpt4o", "deepseek_v3", "llama2", "gemma3", "claude"])
        {
            foreach (var unit in (string[])["a", " ", "\n", "A", "🙂", "漢", "1", "!", "ab", "ab ", "\u0301", "▁", " \n", "'s", "𝒳", "<|im_start|", "\t "])
            {
                data.Add(model, unit);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Encode_long_run_takes_linear_steps(string model, string unit) =>
        AssertLinear(model, length => new StringBuilder().Insert(0, unit, length / unit.Length).ToString());

    [Theory]
    [InlineData("qwen3")]
    [InlineData("llama2")]
    [InlineData("gemma3")]
    [InlineData("gpt4o")]
    [InlineData("deepseek_v3")]
    public void Encode_random_text_takes_linear_steps(string model)
    {
        AssertLinear(model, length => Random(length, ' ', '\u007f'));
        AssertLinear(model, length => Random(length, 'a', '{'));
        AssertLinear(model, length => Random(length, '\u4e00', '\u9fa0'));
        AssertLinear(model, length => Random(length, '\0', '\ud800'));
    }

    private static void AssertLinear(string model, Func<int, string> text)
    {
        var tokenizer = ReferenceTokenizers.Load(model);
        var small = Steps(text(Small));
        var large = Steps(text(Small * Factor));

        Assert.True(large <= small * Factor * 2 + Slack, $"{Small} characters took {small} steps, {Factor} times as many {large}");
        Assert.True(large <= (long)Small * Factor * MostStepsPerChar, $"{Small * Factor} characters took {large} steps");

        long Steps(string text)
        {
            var before = EncodingWork.Steps;
            Assert.NotEmpty(tokenizer.Encode(text));
            return EncodingWork.Steps - before;
        }
    }

    private static string Random(int length, char first, char end)
    {
        var random = new Random(length);
        return string.Create(length, random, (span, source) =>
        {
            foreach (ref var c in span)
            {
                c = (char)source.Next(first, end);
            }
        });
    }
}
