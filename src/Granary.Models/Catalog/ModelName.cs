using Granary.Errors;
using Granary.Serving;

namespace Granary.Models.Catalog;

/// <summary>Names of models: they are folders, appear in URLs and on command lines, and must not surprise in either.</summary>
internal static class ModelName
{
    private const int MaxLength = ServedModel.MaxNameLength;

    /// <exception cref="GranaryException">The name is not allowed.</exception>
    public static string Check(string name) => IsValid(name)
        ? name
        : throw new GranaryException(
            ErrorCode.InvalidRequest,
            $"'{(name.Length <= MaxLength ? name : name[..MaxLength] + "…")}' is no name for a model. Use 1 to {MaxLength} letters, digits, '.', '_' and '-', beginning with a letter or digit, without '..' and not ending in '.'.",
            "name");

    public static bool IsValid(string name) =>
        name.Length is > 0 and <= MaxLength
        && char.IsAsciiLetterOrDigit(name[0])
        && name[^1] != '.'
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
        && !name.Contains("..", StringComparison.Ordinal);
}
