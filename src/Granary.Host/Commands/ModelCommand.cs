using System.CommandLine;
using System.Text.Json;
using Granary.Host.Local;
using Granary.Models.Catalog;
using Spectre.Console;
using Progress = Granary.Host.Local.Progress;

namespace Granary.Host.Commands;

/// <summary><c>granary model import|synth|perplexity|list|show|remove</c> and what <see cref="DeployCommand"/> adds.</summary>
internal static class ModelCommand
{
    public static Command Create()
    {
        var folder = new Option<DirectoryInfo?>("--models") { Description = "Folder of imported models. Default: .granary/data/models.", Recursive = true };
        var command = new Command("model", "Import, make up, list, show, remove and deploy models.") { folder, Import(folder), SynthCommand.Create(folder), PerplexityCommand.Create(folder), List(folder), Show(folder), Remove(folder) };
        foreach (var deployment in DeployCommand.Create())
        {
            command.Subcommands.Add(deployment);
        }

        return command;
    }

    private static Command Import(Option<DirectoryInfo?> folder)
    {
        var source = new Argument<string>("FOLDER") { Description = "A Hugging Face model folder: config.json, *.safetensors, tokenizer.json." };
        var name = new Option<string?>("--name") { Description = "Name to serve it under. Default: the folder's name." };
        var replace = new Option<bool>("--replace") { Description = "Replace a model of the same name." };
        var weights = new WeightOptions();
        var command = new Command("import", "Read a Hugging Face folder and write what the engine runs.") { source, name, replace };
        weights.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = weights.Apply(parsed, new ImportRequest { Source = parsed.GetValue(source)!, Name = parsed.GetValue(name), Replace = parsed.GetValue(replace) });
            var progress = Progress.ForTerminal();
            var manifest = await ModelImports.ImportAsync(Catalog(parsed.GetValue(folder)), request, progress, cancellationToken);
            progress.Done(ModelImports.Summary(manifest));
            return 0;
        });
        return command;
    }

    private static Command List(Option<DirectoryInfo?> folder)
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("list", "List the imported models.") { json };
        command.SetAction(parsed =>
        {
            var models = Catalog(parsed.GetValue(folder)).List();
            if (parsed.GetValue(json))
            {
                System.Console.WriteLine(JsonSerializer.Serialize(models, IndentedJson.Options));
                return 0;
            }

            var table = new Table().AddColumns("model", "architecture", "parameters", "weights", "context");
            foreach (var model in models)
            {
                table.AddRow(Markup.Escape(model.Name), Markup.Escape(model.Architecture), $"{model.ParameterCount / 1e6:F1} M", model.Weights, $"{model.MaxPositions}");
            }

            AnsiConsole.Write(table);
            return 0;
        });
        return command;
    }

    private static Command Show(Option<DirectoryInfo?> folder)
    {
        var name = new Argument<string>("NAME");
        var command = new Command("show", "Print a model's manifest.") { name };
        command.SetAction(parsed =>
        {
            var wanted = parsed.GetValue(name)!;
            var models = Catalog(parsed.GetValue(folder)).List();
            var manifest = models.FirstOrDefault(model => model.Name == wanted) ?? throw ModelImports.NotImported(wanted, models);
            System.Console.WriteLine(JsonSerializer.Serialize(manifest, IndentedJson.Options));
            return 0;
        });
        return command;
    }

    private static Command Remove(Option<DirectoryInfo?> folder)
    {
        var name = new Argument<string>("NAME");
        var command = new Command("remove", "Remove an imported model.") { name };
        command.SetAction(parsed =>
        {
            var wanted = parsed.GetValue(name)!;
            var catalog = Catalog(parsed.GetValue(folder));
            var models = catalog.List();
            if (models.All(model => model.Name != wanted))
            {
                throw ModelImports.NotImported(wanted, models);
            }

            catalog.Remove(wanted);
            System.Console.WriteLine($"removed {wanted}");
            return 0;
        });
        return command;
    }

    internal static ModelCatalog Catalog(DirectoryInfo? folder) => new(folder?.FullName ?? GranaryPaths.Current.Models);
}
