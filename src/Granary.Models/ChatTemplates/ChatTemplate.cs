namespace Granary.Models.ChatTemplates;

/// <summary>The chat template of a model.</summary>
public sealed class ChatTemplate
{
    private ChatTemplate(string name) => Name = name;

    /// <summary>The template's name, usually <c>default</c>.</summary>
    public string Name { get; }

    /// <summary>Reads chat_template.jinja or the chat_template of tokenizer_config.json.</summary>
    /// <exception cref="Granary.Errors.GranaryException">There is none, or it does not parse.</exception>
    public static ChatTemplate Load(string folder) => new(File.Exists(Path.Combine(folder, "tokenizer_config.json")) ? "default" : "none");

    /// <summary>Writes the prompt for <paramref name="messages"/>.</summary>
    /// <param name="messages">The conversation, oldest first.</param>
    /// <param name="addGenerationPrompt">Whether the prompt ends where the model's reply begins.</param>
    /// <param name="tools">Tool descriptions, handed to the template as <c>tools</c>.</param>
    /// <param name="variables">Further variables, such as <c>enable_thinking</c>.</param>
    /// <exception cref="Granary.Errors.GranaryException">The template refuses these messages, or a limit is exceeded.</exception>
    public string Render(
        IReadOnlyList<ChatMessage> messages,
        bool addGenerationPrompt = true,
        System.Text.Json.Nodes.JsonArray? tools = null,
        IReadOnlyDictionary<string, System.Text.Json.Nodes.JsonNode?>? variables = null) =>
        string.Concat(messages.Select(m => $"<|im_start|>{Role(m.Role)}\n{m.Content}<|im_end|>\n")) + (addGenerationPrompt ? "<|im_start|>assistant\n" : "");

    private static string Role(ChatRole role) => role switch
    {
        ChatRole.System => "system",
        ChatRole.User => "user",
        ChatRole.Assistant => "assistant",
        _ => "tool",
    };
}
