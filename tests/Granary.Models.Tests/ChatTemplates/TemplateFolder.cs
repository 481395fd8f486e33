using Granary.Models.ChatTemplates;

namespace Granary.Models.Tests.ChatTemplates;

/// <summary>A model folder that holds nothing but a chat template.</summary>
internal sealed class TemplateFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-template-").FullName;

    public TemplateFolder(string config, string? template = null)
    {
        File.WriteAllText(Path.Combine(_folder, "tokenizer_config.json"), config);
        if (template is not null)
        {
            File.WriteAllText(Path.Combine(_folder, "chat_template.jinja"), template);
        }
    }

    public ChatTemplate Load(TimeProvider? time = null) => ChatTemplate.Load(_folder, time);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
