using System.Text;
using System.Text.Json;
using Granary.Unicode;

namespace Granary.Abstractions.Tests.Unicode;

public sealed class JsonUnicodeTests
{
    [Theory]
    [InlineData("\"plain\"", true)]
    [InlineData("\"é 😀\"", true)]
    [InlineData("\"\\ud83d\\ude00 \\uD83D\\uDE00\"", true)]
    [InlineData("\"\\\\ud83d\"", true)]
    [InlineData("\"\\\\\\\\ud83d \\n \\u0041 \\\"\"", true)]
    [InlineData("\"\\ud83d\"", false)]
    [InlineData("\"\\ude00\"", false)]
    [InlineData("\"\\ud83d\\ud83d\\ude00\"", false)]
    [InlineData("\"\\ud83d \\ude00\"", false)]
    [InlineData("\"\\\\\\ud83d\"", false)]
    [InlineData("{\"\\uDFFF\":1}", false)]
    public void IsValid_escapes_agree_with_the_parser(string json, bool isValid)
    {
        Assert.Equal(isValid, CanBeRead(Encoding.UTF8.GetBytes(json)));
        Assert.Equal(isValid, JsonUnicode.IsValid(json));
        Assert.Equal(isValid, JsonUnicode.IsValid(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void IsValid_halves_that_are_not_escaped_are_found()
    {
        Assert.False(JsonUnicode.IsValid("\"\ud83d\""));
        Assert.False(JsonUnicode.IsValid("\"\ude00\ud83d\""));
        Assert.False(JsonUnicode.IsValid([(byte)'"', 0xFF, (byte)'"']));
    }

    [Fact]
    public void IsValid_random_escapes_agree_with_the_parser()
    {
        string[] parts = ["\\ud83d", "\\ude00", "\\u0041", "\\\\", "\\\"", "u", "d83d", "é", "😀"];
        var random = new Random(3);
        for (var round = 0; round < 5_000; round++)
        {
            var json = $"\"{string.Concat(Enumerable.Range(0, random.Next(1, 7)).Select(_ => parts[random.Next(parts.Length)]))}\"";
            Assert.Equal(CanBeRead(Encoding.UTF8.GetBytes(json)), JsonUnicode.IsValid(json));
            Assert.Equal(CanBeRead(Encoding.UTF8.GetBytes(json)), JsonUnicode.IsValid(Encoding.UTF8.GetBytes(json)));
        }
    }

    private static bool CanBeRead(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        try
        {
            _ = document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.EnumerateObject().First().Name : document.RootElement.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
