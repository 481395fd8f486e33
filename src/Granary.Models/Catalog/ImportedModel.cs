using Granary.Models.ChatTemplates;
using Granary.Models.Tokenization;

namespace Granary.Models.Catalog;

/// <summary>An imported model, opened for use. Tokenizer and chat template are read when they are first asked for: a model may have none.</summary>
public sealed class ImportedModel : IDisposable
{
    private readonly Lazy<ITokenizer> _tokenizer;
    private readonly Lazy<ChatTemplate> _template;

    internal ImportedModel(string folder, ModelManifest manifest)
    {
        Folder = folder;
        Manifest = manifest;
        _tokenizer = new(() => HuggingFaceTokenizer.Load(folder));
        _template = new(() => ChatTemplate.Load(folder));
        foreach (var (name, bytes) in manifest.FileBytes)
        {
            var file = new FileInfo(Path.Combine(folder, name));
            if (!file.Exists || file.Length != bytes)
            {
                throw new ModelFormatException(file.FullName, $"{(file.Exists ? $"has {file.Length:N0} bytes" : "is missing")}; it was imported with {bytes:N0}. Import the model again.");
            }
        }
    }

    /// <summary>What is known of the model.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>Its folder, with the graph and the copies of config.json and tokenizer files.</summary>
    public string Folder { get; }

    /// <summary>The tokenizer.</summary>
    /// <exception cref="Errors.GranaryException">The model has none, or a damaged one.</exception>
    public ITokenizer Tokenizer => _tokenizer.Value;

    /// <summary>The chat template.</summary>
    /// <exception cref="Errors.GranaryException">The model has none, or a damaged one.</exception>
    public ChatTemplate Template => _template.Value;

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held open yet: the engine maps the files itself.
    }
}
