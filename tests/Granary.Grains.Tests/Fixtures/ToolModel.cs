using Granary.Models.Catalog;

namespace Granary.Grains.Tests.Fixtures;

/// <summary>The demo model with a chat template that knows tools, and a cluster that serves it.</summary>
public sealed class ToolModel : IAsyncLifetime
{
    public const string Name = "granary-tools";

    // ChatML, with calls as Hermes writes them.
    private const string Template = """
        {%- if tools %}{{- '<|im_start|>system\nCall <tool_call>{"name": NAME, "arguments": OBJECT}</tool_call> of:' }}{%- for tool in tools %}{{- '\n' + (tool | tojson) }}{%- endfor %}{{- '<|im_end|>\n' }}{%- endif %}
        {%- for message in messages %}{{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}{%- endfor %}
        {%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}
        """;

    private readonly TemporaryFolder _folder = new();

    internal GranaryCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var source = Directory.CreateDirectory(_folder.File("source")).FullName;
        foreach (var file in Directory.EnumerateFiles(DemoModel.Source))
        {
            File.Copy(file, Path.Combine(source, Path.GetFileName(file)));
        }

        await File.WriteAllTextAsync(Path.Combine(source, "chat_template.jinja"), Template);
        await new ModelCatalog(_folder.File("models")).ImportAsync(new ImportRequest { Source = source, Name = Name });
        Cluster = await GranaryCluster.StartAsync(silos: 2, scripted: false, model: Name, settings: new()
        {
            ["Granary:Models:Folder"] = _folder.File("models"),
            ["Granary:Engine:Slots"] = "4",
            ["Granary:Engine:SlotTokens"] = "1024",
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        _folder.Dispose();
    }
}
