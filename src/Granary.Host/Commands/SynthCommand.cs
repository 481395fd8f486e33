using System.CommandLine;
using Granary.Host.Local;
using Granary.Models.Catalog;
using Granary.Models.Synthesis;
using Progress = Granary.Host.Local.Progress;

namespace Granary.Host.Commands;

/// <summary><c>granary model synth</c>.</summary>
internal static class SynthCommand
{
    public static Command Create(Option<DirectoryInfo?> models)
    {
        var like = new Option<string>("--like") { Description = $"The shape: {string.Join(", ", SyntheticModel.All.Select(model => model.Name))}.", Required = true };
        like.AcceptOnlyFromAmong([.. SyntheticModel.All.Select(model => model.Name)]);
        var name = new Option<string?>("--name") { Description = "Name to serve it under. Default: the shape, and the weights unless they are fp32." };
        var seed = new Option<int>("--seed") { Description = "Seed of the weights, from 0.", DefaultValueFactory = _ => 1 };
        var folder = new Option<DirectoryInfo?>("--folder") { Description = "Also write a Hugging Face folder with the weights in bf16 here, for other programs to read." };
        var replace = new Option<bool>("--replace") { Description = "Replace a model of the same name." };
        seed.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0)
            {
                result.AddError("--seed: must not be negative.");
            }
        });
        var weights = new WeightOptions();
        var command = new Command("synth", "Make up a model of a known shape with random weights, for benchmarks.") { like, name, seed, folder, replace };
        weights.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var model = SyntheticModel.All.Single(known => known.Name == parsed.GetValue(like));
            var request = weights.Apply(parsed, new ImportRequest { Source = "", Replace = parsed.GetValue(replace) });
            request = request with { Name = parsed.GetValue(name) ?? (request.Weights == WeightKind.Fp32 ? model.Name : $"{model.Name}-{request.Weights.Name()}") };
            var progress = Progress.ForTerminal();
            var catalog = ModelCommand.Catalog(parsed.GetValue(models));
            var temporary = parsed.GetValue(folder) is null ? Directory.CreateTempSubdirectory("granary-synth-") : null;
            try
            {
                var target = parsed.GetValue(folder) ?? temporary!;
                progress.Step($"writing {target.FullName}");
                await Task.Run(() => SyntheticFolder.Write(model, parsed.GetValue(seed), target.FullName, withWeights: temporary is null, cancellationToken), cancellationToken);
                var manifest = await ModelImports.ImportAsync(catalog, request with { Source = target.FullName }, progress, cancellationToken);
                progress.Done(ModelImports.Summary(manifest));
                return 0;
            }
            finally
            {
                temporary?.Delete(recursive: true);
            }
        });
        return command;
    }
}
