using System.Net;
using Granary.Models.Catalog;
using Granary.Serving;

namespace Granary.Gateway.Tests.Running;

/// <summary>A gateway whose silo serves the demo model with a chat template that knows tools.</summary>
public sealed class ToolDemoGateway : IAsyncLifetime
{
    public const string Model = "granary-tools";

    // ChatML, with calls as Hermes writes them.
    private const string Template = """
        {%- if tools %}{{- '<|im_start|>system\nCall <tool_call>{"name": NAME, "arguments": OBJECT}</tool_call> of:' }}{%- for tool in tools %}{{- '\n' + (tool | tojson) }}{%- endfor %}{{- '<|im_end|>\n' }}{%- endif %}
        {%- for message in messages %}{{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}{%- endfor %}
        {%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("granary-gateway-tests-");
    private RunningGateway _gateway = null!;

    public Uri Url => _gateway.Url;

    public async ValueTask InitializeAsync()
    {
        var source = _folder.CreateSubdirectory("source").FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "deploy", "models", DemoGateway.Model)))
            File.Copy(file, Path.Combine(source, Path.GetFileName(file)));
        await File.WriteAllTextAsync(Path.Combine(source, "chat_template.jinja"), Template);
        var models = _folder.CreateSubdirectory("models").FullName;
        await new ModelCatalog(models).ImportAsync(new ImportRequest { Source = source, Name = Model });
        _gateway = await RunningGateway.StartAsync(new()
        {
            ["Granary:Models:Folder"] = models,
            ["Granary:Models:Serve:0"] = Model,
        });
        using var client = _gateway.CreateClient();
        await Eventually.TrueAsync(
            async () => (await client.GetAsync("health/ready")).StatusCode == HttpStatusCode.OK
                && (await _gateway.Grains.GetGrain<IModelGrain>(Model).GetReplicasAsync()).Length == 1,
            "the model with tools was not ready");
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
