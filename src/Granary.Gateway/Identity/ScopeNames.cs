using Granary.Errors;
using Granary.Identity;

namespace Granary.Gateway.Identity;

/// <summary>Scopes as they are written.</summary>
internal static class ScopeNames
{
    private static readonly (string Name, KeyScopes Scope)[] All = [("chat", KeyScopes.Chat), ("admin", KeyScopes.Admin), ("metrics", KeyScopes.Metrics)];

    public static string[] Of(KeyScopes scopes) => [.. All.Where(known => scopes.HasFlag(known.Scope)).Select(known => known.Name)];

    /// <summary>Reads some.</summary>
    /// <exception cref="GranaryException">One is unknown, or there is none.</exception>
    public static KeyScopes Parse(IEnumerable<string> names)
    {
        var scopes = names.Aggregate(KeyScopes.None, (all, name) => all | Array.Find(All, known => known.Name == name).Scope switch
        {
            KeyScopes.None => throw Unknown(name),
            var scope => scope,
        });
        return scopes == KeyScopes.None ? throw Unknown("") : scopes;
    }

    private static GranaryException Unknown(string name) =>
        new(ErrorCode.InvalidRequest, $"'{name}' is no scope; there are: {string.Join(", ", All.Select(known => known.Name))}.", "scopes");
}
