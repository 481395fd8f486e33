namespace Granary.Models.Catalog;

/// <summary>Cuts imported models.</summary>
public static class ModelSegments
{
    /// <summary>Prepares a model to be cut: reads its configuration and lays its weights out again, as its import did.</summary>
    /// <exception cref="ModelFormatException">It was imported by a version that did not keep what this needs, or for a GPU.</exception>
    public static ISegmentGraphs Open(ImportedModel model) => throw new NotSupportedException("Not there yet.");
}
