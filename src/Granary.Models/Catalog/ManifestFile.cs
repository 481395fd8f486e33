using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Models.Catalog;

/// <summary>granary.json of an imported model.</summary>
internal static class ManifestFile
{
    public const string Name = "granary.json";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
    };

    public static void Write(string folder, ModelManifest manifest) =>
        DurableFiles.Write(Path.Combine(folder, Name), JsonSerializer.SerializeToUtf8Bytes(manifest, Options));

    /// <exception cref="ModelFormatException">The file is missing, damaged or of another version.</exception>
    public static ModelManifest Read(string folder)
    {
        var path = Path.Combine(folder, Name);
        try
        {
            var bytes = File.ReadAllBytes(path);
            var manifest = JsonSerializer.Deserialize<ModelManifest>(bytes, Options) ?? throw new JsonException("The file holds null.");
            return manifest.Format == ModelManifest.CurrentFormat
                ? manifest
                : throw new ModelFormatException(path, $"has the format {manifest.Format}; this version reads {ModelManifest.CurrentFormat}. Import the model again.");
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelFormatException(path, $"is missing or damaged ({e.Message}). Import the model again.", innerException: e);
        }
    }
}
