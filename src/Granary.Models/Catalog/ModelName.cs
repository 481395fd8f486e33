using System.Text.RegularExpressions;
using Granary.Errors;

namespace Granary.Models.Catalog;

/// <summary>Names of models: they are folders, appear in URLs and on command lines, and must not surprise in either.</summary>
internal static partial class ModelName
{
    /// <exception cref="GranaryException">The name is not allowed.</exception>
    public static string Check(string name) => Pattern().IsMatch(name) && !name.Contains("..", StringComparison.Ordinal)
        ? name
        : throw new GranaryException(
            ErrorCode.InvalidRequest,
            $"'{Shown(name)}' is no name for a model. Use 1 to 96 letters, digits, '.', '_' and '-', beginning with a letter or digit and not ending in '.'.",
            "name");

    public static bool IsValid(string name) => Pattern().IsMatch(name) && !name.Contains("..", StringComparison.Ordinal);

    [GeneratedRegex(@"\A[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_-])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();

    private static string Shown(string name) => name.Length <= 100 ? name : name[..100] + "…";
}
