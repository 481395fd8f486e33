using System.CommandLine;
using Granary.Models.Catalog;

namespace Granary.Host.Commands;

/// <summary>How weights are to be stored: <c>--weights</c> and <c>--keep-wide</c>.</summary>
internal sealed class WeightOptions
{
    private readonly Option<string> _weights = new("--weights")
    {
        Description = $"How weights are stored: {string.Join(", ", WeightKinds.Names)}. Default: fp32.",
        DefaultValueFactory = _ => WeightKind.Fp32.Name(),
    };

    private readonly Option<string?> _keepWide = new("--keep-wide")
    {
        Description = $"Parts that stay fp32, separated by commas: {string.Join(", ", ModelParts.Names)}, or none. Default: router,norms.",
    };

    public WeightOptions()
    {
        _weights.AcceptOnlyFromAmong([.. WeightKinds.Names]);
        _keepWide.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } names && Parse(names, out var unknown) is null)
            {
                result.AddError($"--keep-wide: there is no part '{unknown}'; use some of {string.Join(", ", ModelParts.Names)}, or none.");
            }
        });
    }

    public void AddTo(Command command)
    {
        command.Options.Add(_weights);
        command.Options.Add(_keepWide);
    }

    /// <summary>The request with what the command line says about weights.</summary>
    public ImportRequest Apply(ParseResult parsed, ImportRequest request)
    {
        _ = WeightKinds.TryParse(parsed.GetValue(_weights)!, out var kind);
        return request with { Weights = kind, KeepWide = parsed.GetValue(_keepWide) is { } names ? Parse(names, out _) : null };
    }

    private static HashSet<ModelPart>? Parse(string names, out string? unknown)
    {
        var parts = new HashSet<ModelPart>();
        unknown = null;
        foreach (var name in names == "none" ? [] : names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!ModelParts.TryParse(name, out var part))
            {
                unknown = name;
                return null;
            }

            parts.Add(part);
        }

        return parts;
    }
}
