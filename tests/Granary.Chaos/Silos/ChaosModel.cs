using Granary.Host.Local;
using Granary.Models.Catalog;

namespace Granary.Chaos.Silos;

/// <summary>The demo model with a chat template that knows tools, so that tool calls are in the mix.</summary>
internal static class ChaosModel
{
    public const string Name = "granary-chaos";

    // ChatML, with calls as Hermes writes them.
    private const string Template = """
        {%- if tools %}{{- '<|im_start|>system\nCall <tool_call>{"name": NAME, "arguments": OBJECT}</tool_call> of:' }}{%- for tool in tools %}{{- '\n' + (tool | tojson) }}{%- endfor %}{{- '<|im_end|>\n' }}{%- endif %}
        {%- for message in messages %}{{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}{%- endfor %}
        {%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}
        """;

    /// <summary>Imports it into the catalogue of <paramref name="paths"/>.</summary>
    /// <param name="paths">Where.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="name">Under which name.</param>
    public static async Task ImportAsync(GranaryPaths paths, Progress progress, CancellationToken cancellationToken, string name = Name)
    {
        var source = Path.Combine(paths.Data, "chaos-model");
        Directory.CreateDirectory(source);
        foreach (var file in Directory.EnumerateFiles(paths.DemoModelSource))
        {
            File.Copy(file, Path.Combine(source, Path.GetFileName(file)), overwrite: true);
        }

        await File.WriteAllTextAsync(Path.Combine(source, "chat_template.jinja"), Template, cancellationToken);
        await ModelImports.ImportAsync(new ModelCatalog(paths.Models), new ImportRequest { Source = source, Name = name, Replace = true }, progress, cancellationToken);
        Directory.Delete(source, recursive: true);
    }
}
