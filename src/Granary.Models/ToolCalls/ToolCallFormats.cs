namespace Granary.Models.ToolCalls;

/// <summary>The formats of function calls that are known.</summary>
public static class ToolCallFormats
{
    /// <summary>All of them. A template is taken to use the first that finds its marks in it.</summary>
    public static IReadOnlyList<IToolCallFormat> All { get; } = [new HermesFormat(), new MistralFormat(), new LlamaJsonFormat()];

    /// <summary>The format that a chat template uses, or <see langword="null"/> where it ignores tools or uses an unknown one.</summary>
    public static IToolCallFormat? Find(ChatTemplates.ChatTemplate template) =>
        template.TakesTools ? All.FirstOrDefault(format => format.IsUsedBy(template.ToolSource)) : null;
}
