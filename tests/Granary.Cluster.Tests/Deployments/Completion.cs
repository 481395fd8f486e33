using System.Net.Http.Json;
using System.Text.Json;

namespace Granary.Cluster.Tests.Deployments;

/// <summary>What a model says at temperature 0.</summary>
internal static class Completion
{
    /// <param name="gateway">Whom it is asked.</param>
    /// <param name="model">The model.</param>
    /// <param name="tokens">Tokens of the reply.</param>
    /// <param name="meanwhile">Called when some of it has come.</param>
    public static async Task<string> SayAsync(Uri gateway, string model, int tokens, Action? meanwhile = null)
    {
        using var http = new HttpClient { BaseAddress = gateway, Timeout = TimeSpan.FromMinutes(2) };
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
        {
            Content = JsonContent.Create(new { model, temperature = 0, max_tokens = tokens, ignore_eos = true, stream = true, messages = new[] { new { role = "user", content = "Tell me a long story." } } }),
        };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var (text, pieces) = ("", 0);
        while (await lines.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("data: {", StringComparison.Ordinal))
            {
                continue;
            }

            var choices = JsonDocument.Parse(line["data: ".Length..]).RootElement.GetProperty("choices");
            text += choices.GetArrayLength() > 0 && choices[0].GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : "";
            if (++pieces == 20)
            {
                meanwhile?.Invoke();
            }
        }

        return text;
    }
}
