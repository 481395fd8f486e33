using Granary.Models;

namespace Granary.Gateway.OpenAi.Requests;

/// <summary>A call that an assistant's message of the history makes.</summary>
internal static class ToolCallReader
{
    /// <exception cref="Granary.Errors.GranaryException">It is malformed.</exception>
    public static ToolCall Read(Field call)
    {
        string? id = null, type = null, name = null, arguments = null;
        foreach (var field in call.Members())
        {
            switch (field.Name[(call.Name.Length + 1)..])
            {
                case "id": id = field.Text(); break;
                case "type": type = field.Text(); break;
                case "index": break; // clients that put deltas together leave it in
                case "function":
                    foreach (var member in field.Members())
                    {
                        switch (member.Name[(field.Name.Length + 1)..])
                        {
                            case "name": name = member.Text(); break;
                            case "arguments": arguments = member.Text() is { Length: > 0 } text ? text : "{}"; break; // cut off behind the name, it has none
                            case "parsed_arguments": break; // OpenAI's client leaves its own reading of them in
                            default: throw member.Unknown();
                        }
                    }

                    break;
                default: throw field.Unknown();
            }
        }

        return id is not null && type is null or "function" && name is not null && arguments is not null
            ? new ToolCall(id, name, arguments)
            : throw call.Wrong("""{"id": …, "type": "function", "function": {"name": …, "arguments": …}}""");
    }
}
