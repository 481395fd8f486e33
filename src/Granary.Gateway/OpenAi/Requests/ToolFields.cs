using System.Text.Json;
using Granary.Models;

namespace Granary.Gateway.OpenAi.Requests;

/// <summary><c>tools</c>, <c>tool_choice</c> and <c>parallel_tool_calls</c>.</summary>
internal sealed class ToolFields
{
    private const int MaxTools = 128;
    private const int MaxNameLength = 64;
    private const string AnyObject = """{"type":"object","properties":{}}""";

    private ToolDefinition[] _tools = [];
    private Field? _choice;
    private bool _allowsSeveral = true;

    /// <summary>Reads a field, if it is one of these.</summary>
    /// <exception cref="Granary.Errors.GranaryException">Its value is of the wrong type.</exception>
    public bool TryRead(Field field)
    {
        switch (field.Name)
        {
            case "tools": _tools = ReadTools(field); break;
            case "tool_choice": _choice = field; break;
            case "parallel_tool_calls": _allowsSeveral = field.Flag(); break;
            default: return false;
        }

        return true;
    }

    /// <summary>What was read; <see langword="null"/> where the model is not to call anything.</summary>
    /// <exception cref="Granary.Errors.GranaryException">The choice does not fit the tools.</exception>
    public ToolUse? Resolve()
    {
        var (choice, only) = _choice is { } field ? ReadChoice(field) : ("auto", null);
        if (choice is "required" or "named" && _tools.Length == 0)
            throw Field.Contradiction("tool_choice", "'tool_choice' asks for a call, and there are no 'tools'.");
        if (only is not null && _tools.All(tool => tool.Name != only))
            throw Field.Contradiction("tool_choice", $"'tool_choice' names '{only}', which is not among the 'tools'.");
        if (_tools.Length == 0 || choice == "none")
            return null;
        return new ToolUse { Definitions = _tools, IsRequired = choice is "required" or "named", Only = only, AllowsSeveral = _allowsSeveral, InPieces = true };
    }

    private static (string Choice, string? Only) ReadChoice(Field choice)
    {
        if (choice.Value.ValueKind == JsonValueKind.String && choice.Text() is "none" or "auto" or "required")
            return (choice.Text(), null);
        if (choice.Value.ValueKind != JsonValueKind.Object)
            throw choice.Wrong("none, auto, required or an object that names a function");

        string? name = null;
        foreach (var field in choice.Members())
        {
            switch (field.Name)
            {
                case "tool_choice.type" when field.Text() == "function": break;
                case "tool_choice.function": name = field.Members().Select(member => member.Name == "tool_choice.function.name" ? member.Text() : throw member.Unknown()).LastOrDefault(); break;
                default: throw field.Unsupported();
            }
        }

        return ("named", name ?? throw choice.Wrong("none, auto, required or an object that names a function"));
    }

    private ToolDefinition[] ReadTools(Field tools)
    {
        var read = tools.Items().Take(MaxTools + 1).Select(ReadTool).ToArray();
        if (read.Length > MaxTools)
            throw tools.Wrong($"an array of at most {MaxTools} tools");
        return read.DistinctBy(tool => tool.Name, StringComparer.Ordinal).Count() == read.Length ? read : throw tools.Wrong("an array of tools with names of their own");
    }

    private ToolDefinition ReadTool(Field tool)
    {
        string? type = null;
        ToolDefinition? function = null;
        foreach (var field in tool.Members())
        {
            switch (field.Name[(tool.Name.Length + 1)..])
            {
                case "type": type = field.Text(); break;
                case "function": function = ReadFunction(field); break;
                default: throw field.Unknown();
            }
        }

        return type == "function" && function is not null ? function : throw tool.Wrong("""{"type": "function", "function": {"name": …}}; other tools are not supported""");
    }

    private static ToolDefinition ReadFunction(Field function)
    {
        string? name = null, description = null;
        var parameters = AnyObject;
        foreach (var field in function.Members())
        {
            switch (field.Name[(function.Name.Length + 1)..])
            {
                case "name": name = IsName(field.Text()) ? field.Text() : throw field.Wrong($"1 to {MaxNameLength} letters, digits, underscores and dashes"); break;
                case "description": description = field.Text(); break;
                case "parameters": parameters = field.Value.ValueKind == JsonValueKind.Object ? field.Value.GetRawText() : throw field.Wrong("a JSON schema"); break;
                case "strict": field.Flag(); break; // a call that must be made follows its schema anyway, one that the model makes of its own accord cannot be made to
                default: throw field.Unknown();
            }
        }

        return new ToolDefinition(name ?? throw function.Wrong("an object with a name"), description, parameters);
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
