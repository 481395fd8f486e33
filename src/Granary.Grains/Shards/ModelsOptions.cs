using System.ComponentModel.DataAnnotations;

namespace Granary.Shards;

/// <summary>What a silo serves; bound from <c>Granary:Models</c>.</summary>
public sealed class ModelsOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Granary:Models";

    /// <value>Folder of imported models; default <c>.granary/data/models</c>.</value>
    [Required]
    public string Folder { get; set; } = ".granary/data/models";

    /// <value>Names of the models to serve; default none.</value>
    public IList<string> Serve { get; set; } = [];
}
