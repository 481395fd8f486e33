using System.Text.Json.Nodes;
using Granary.Errors;
using Granary.Models.ChatTemplates.Jinja;
using Granary.Models.ChatTemplates.Jinja.Library;
using Granary.Models.ChatTemplates.Jinja.Runtime;
using Granary.Models.ChatTemplates.Jinja.Syntax;

namespace Granary.Models.ChatTemplates;

/// <summary>
/// The chat template of a model: Jinja as tokenizer_config.json uses it, in a sandbox with limits on steps, output and recursion.
/// Safe to share between threads.
/// </summary>
public sealed class ChatTemplate
{
    private const int MaxSourceChars = 1 << 20;
    private readonly string _file;
    private readonly IReadOnlyList<Statement> _default;
    private readonly IReadOnlyList<Statement>? _toolUse;
    private readonly IReadOnlyDictionary<string, JsonNode?> _tokens;
    private readonly TimeProvider _time;
    private readonly Lazy<bool> _takesTools;

    internal ChatTemplate(TemplateSource source, TimeProvider time)
    {
        _file = source.File;
        _tokens = source.Tokens;
        _time = time;
        _default = Parse(source.Default);
        _toolUse = source.ToolUse is null ? null : Parse(source.ToolUse);
        ToolSource = source.ToolUse ?? source.Default;
        _takesTools = new(() => TryShowTool());
    }

    /// <summary>Whether the template tells the model of its tools: found out by rendering one.</summary>
    public bool TakesTools => _takesTools.Value;

    /// <summary>The text of the template that is used where there are tools.</summary>
    public string ToolSource { get; }

    /// <summary>Reads chat_template.jinja, or the chat_template of tokenizer_config.json.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="time">What <c>strftime_now</c> reads; the system's clock if not given.</param>
    /// <exception cref="GranaryException">There is none, or it does not parse; the message names file and line.</exception>
    public static ChatTemplate Load(string folder, TimeProvider? time = null) => new(TemplateSource.Read(folder), time ?? TimeProvider.System);

    /// <summary>Writes the prompt for <paramref name="messages"/>.</summary>
    /// <param name="messages">The conversation, oldest first.</param>
    /// <param name="addGenerationPrompt">Whether the prompt ends where the model's reply begins.</param>
    /// <param name="tools">Tool descriptions, handed to the template as <c>tools</c>.</param>
    /// <param name="variables">Further variables, such as <c>enable_thinking</c>.</param>
    /// <exception cref="GranaryException">
    /// <see cref="ErrorCode.InvalidRoleOrder"/> or <see cref="ErrorCode.InvalidRequest"/>: the template refuses these messages, or a limit is exceeded.
    /// </exception>
    public string Render(
        IReadOnlyList<ChatMessage> messages,
        bool addGenerationPrompt = true,
        JsonArray? tools = null,
        IReadOnlyDictionary<string, JsonNode?>? variables = null)
    {
        return Render([.. messages.Select(TemplateMessage.From)], addGenerationPrompt, tools, variables);
    }

    /// <summary>As above, for messages with parts, tool calls and other fields that <see cref="ChatMessage"/> does not have.</summary>
    /// <param name="messages">Objects with <c>role</c> and <c>content</c>.</param>
    /// <param name="addGenerationPrompt">Whether the prompt ends where the model's reply begins.</param>
    /// <param name="tools">Tool descriptions.</param>
    /// <param name="variables">Further variables.</param>
    /// <exception cref="GranaryException">As above.</exception>
    public string Render(JsonArray messages, bool addGenerationPrompt, JsonArray? tools, IReadOnlyDictionary<string, JsonNode?>? variables)
    {
        try
        {
            var budget = new Budget();
            var scope = Globals.Create(_time, budget);
            foreach (var (name, value) in _tokens.Concat(variables ?? new Dictionary<string, JsonNode?>(StringComparer.Ordinal)))
            {
                scope.Set(name, JsonValues.From(value));
            }

            scope.Set("messages", JsonValues.From(messages));
            scope.Set("tools", JsonValues.From(tools));
            scope.Set("documents", null);
            scope.Set("add_generation_prompt", addGenerationPrompt);
            return Renderer.Render(tools is not null && _toolUse is not null ? _toolUse : _default, scope, budget);
        }
        catch (JinjaException e) when (e.IsRaisedByTemplate)
        {
            throw new GranaryException(CodeOf(e.Message), $"The model's chat template refuses these messages: {e.Message}", "messages", e);
        }
        catch (JinjaException e)
        {
            throw Wrong(e);
        }
        catch (InsufficientExecutionStackException e)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"{_file}: the chat template is nested too deeply for these messages.", innerException: e);
        }
    }

    private IReadOnlyList<Statement> Parse(string source)
    {
        if (source.Length > MaxSourceChars)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"{_file}: the chat template has {source.Length} characters; {MaxSourceChars} are allowed.");
        }

        try
        {
            return TemplateParser.Parse(source);
        }
        catch (JinjaException e)
        {
            throw Wrong(e);
        }
        catch (InsufficientExecutionStackException e)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"{_file}: the chat template is nested too deeply.", innerException: e);
        }
    }

    private GranaryException Wrong(JinjaException e) =>
        new(ErrorCode.InvalidRequest, $"{_file}: line {e.Line} of the chat template: {e.Message}.", innerException: e);

    /// <summary>Templates say in words what is wrong; those about roles and their order get the code for it.</summary>
    private static ErrorCode CodeOf(string message) =>
        message.Contains("role", StringComparison.OrdinalIgnoreCase) || message.Contains("alternat", StringComparison.OrdinalIgnoreCase)
            || message.Contains("must be user", StringComparison.OrdinalIgnoreCase)
            ? ErrorCode.InvalidRoleOrder
            : ErrorCode.InvalidRequest;

    private bool TryShowTool()
    {
        const string Name = "granary_probe";
        try
        {
            return Render([new ChatMessage(ChatRole.User, "?")], tools: [TemplateMessage.From(new ToolDefinition(Name, Name, """{"type":"object","properties":{}}"""))])
                .Contains(Name, StringComparison.Ordinal);
        }
        catch (GranaryException)
        {
            return false;
        }
    }
}
