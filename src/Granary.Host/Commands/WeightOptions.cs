using System.CommandLine;
using System.Globalization;
using Granary.Models.Catalog;

namespace Granary.Host.Commands;

/// <summary>How weights are to be stored, and for which device: <c>--weights</c>, <c>--block</c>, <c>--keep-wide</c> and <c>--device</c>.</summary>
internal sealed class WeightOptions
{
    private readonly Option<string> _weights = new("--weights")
    {
        Description = $"How weights are stored: {string.Join(", ", WeightKinds.Names)}. Default: fp32, on a GPU fp16.",
        DefaultValueFactory = _ => WeightKind.Fp32.Name(),
    };

    private readonly Option<string> _device = new("--device")
    {
        Description = $"What the model is to run on: {string.Join(", ", ModelDevices.Names)}. Default: {ModelDevices.Cpu}.",
        DefaultValueFactory = _ => ModelDevices.Cpu,
    };

    private readonly Option<int> _block = new("--block")
    {
        Description = $"Most weights of int8 or int4 that share a scale on the CPU: {string.Join(", ", ImportRequest.BlockLengths)}. Longer is faster and smaller, shorter is closer to fp32. Default: {ImportRequest.DefaultBlockLength}.",
        DefaultValueFactory = _ => ImportRequest.DefaultBlockLength,
    };

    private readonly Option<string?> _keepWide = new("--keep-wide")
    {
        Description = $"Parts that stay fp32, separated by commas: {string.Join(", ", ModelParts.Names)}, or none. Default: router,norms.",
    };

    public WeightOptions()
    {
        _weights.AcceptOnlyFromAmong([.. WeightKinds.Names]);
        _block.AcceptOnlyFromAmong([.. ImportRequest.BlockLengths.Select(length => length.ToString(CultureInfo.InvariantCulture))]);
        _device.AcceptOnlyFromAmong([.. ModelDevices.Names]);
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
        command.Options.Add(_block);
        command.Options.Add(_keepWide);
        command.Options.Add(_device);
    }

    /// <summary>The request with what the command line says about weights.</summary>
    public ImportRequest Apply(ParseResult parsed, ImportRequest request)
    {
        var device = parsed.GetValue(_device)!;
        _ = WeightKinds.TryParse(parsed.GetValue(_weights)!, out var kind);
        if (device == ModelDevices.Cuda && parsed.GetResult(_weights) is null or { Implicit: true })
        {
            kind = WeightKind.Fp16; // what a GPU is fast with
        }

        return request with { Device = device, Weights = kind, BlockLength = parsed.GetValue(_block), KeepWide = parsed.GetValue(_keepWide) is { } names ? Parse(names, out _) : null };
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
