using System.Diagnostics;
using System.Text;

namespace Granary.Models.Tests.Tokenization;

/// <summary>Eight times the text may take at most some forty times as long: quadratic work would take sixty-four times and hours on what follows.</summary>
public sealed class LinearTimeTests
{
    private const int Small = 1 << 15;

    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (var model in (string[])["qwen3", "llama3_1", "gpt4o", "deepseek_v3", "llama2", "gemma3"])
        {
            foreach (var unit in (string[])["a", " ", "\n", "A", "🙂", "漢", "1", "!", "ab ", "\u0301", "▁", " \n", "'s", "𝒳", "<|im_start|", "\t "])
            {
                data.Add(model, unit);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Encode_long_run_takes_linear_time(string model, string unit)
    {
        var tokenizer = ReferenceTokenizers.Load(model);
        tokenizer.Encode(Repeated(unit, 1000));
        var small = Time(Repeated(unit, Small));
        var large = Time(Repeated(unit, Small * 8));

        Assert.True(large < small * 40 + TimeSpan.FromSeconds(2), $"{Small} characters took {small}, eight times as many {large}");

        TimeSpan Time(string text)
        {
            var start = Stopwatch.GetTimestamp();
            tokenizer.Encode(text);
            return Stopwatch.GetElapsedTime(start);
        }
    }

    private static string Repeated(string unit, int length) => new StringBuilder().Insert(0, unit, length / unit.Length).ToString();
}
