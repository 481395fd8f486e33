using System.Text.Json;
using Granary.Errors;
using Granary.Serving;

namespace Granary.Gateway.OpenAi.Requests;

/// <summary>Reads <c>prompt</c>: a text, token ids, or an array of either.</summary>
internal static class PromptReader
{
    private const string Wanted = "a string, an array of token ids, or an array of either, none of them empty";

    /// <exception cref="GranaryException">It is none of these, or too long.</exception>
    public static RawPrompt[] Read(Field field, GatewayOptions limits)
    {
        RawPrompt[] prompts = field.Value.ValueKind switch
        {
            JsonValueKind.String => [ReadOne(field)],
            JsonValueKind.Array when field.Value.GetArrayLength() > 0 && field.Value[0].ValueKind == JsonValueKind.Number => [ReadOne(field)],
            JsonValueKind.Array when field.Value.GetArrayLength() > 0 => [.. field.Items().Take(limits.MaxPrompts + 1).Select(ReadOne)],
            _ => throw field.Wrong(Wanted),
        };
        if (prompts.Length > limits.MaxPrompts)
            throw new GranaryException(ErrorCode.TooLarge, $"There are more than {limits.MaxPrompts} prompts.", field.Name);

        var chars = prompts.Sum(prompt => (long)(prompt.Text?.Length ?? prompt.Tokens!.Length));
        if (chars > limits.MaxPromptChars)
            throw new GranaryException(ErrorCode.TooLarge, $"The prompts have {chars} characters; at most {limits.MaxPromptChars} are taken.", field.Name);
        return prompts;
    }

    private static RawPrompt ReadOne(Field field) => field.Value.ValueKind switch
    {
        JsonValueKind.String when field.Text().Length > 0 => new RawPrompt(field.Text()),
        JsonValueKind.Array when field.Value.GetArrayLength() > 0 => new RawPrompt(null, [.. field.Items().Select(item => (int)item.Integer(0, int.MaxValue))]),
        _ => throw field.Wrong(Wanted),
    };
}
