using System.CommandLine;
using Granary.Engine.Evaluation;
using Granary.Host.Local;

namespace Granary.Host.Commands;

/// <summary><c>granary model perplexity</c>.</summary>
internal static class PerplexityCommand
{
    public static Command Create(Option<DirectoryInfo?> models)
    {
        var name = new Argument<string>("NAME");
        var text = new Argument<FileInfo>("FILE") { Description = "A text in UTF-8." };
        var window = new Option<int>("--window") { Description = "Tokens that are predicted from one another.", DefaultValueFactory = _ => 1024 };
        text.AcceptExistingOnly();
        window.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 2)
            {
                result.AddError("--window: must be at least 2.");
            }
        });
        var command = new Command("perplexity", "Measure how well a model predicts a text, for example before and after quantising it.") { name, text, window };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var catalog = ModelCommand.Catalog(parsed.GetValue(models));
            var wanted = parsed.GetValue(name)!;
            var listed = catalog.List();
            if (listed.All(model => model.Name != wanted))
            {
                throw ModelImports.NotImported(wanted, listed);
            }

            using var model = catalog.Open(wanted);
            var tokens = model.Tokenizer.Encode(await File.ReadAllTextAsync(parsed.GetValue(text)!.FullName, cancellationToken), parseSpecialTokens: false);
            var length = Math.Min(parsed.GetValue(window), model.Manifest.MaxPositions);
            var windows = tokens.Chunk(length).Where(part => part.Length >= 2).ToList();
            if (windows.Count == 0)
            {
                throw new CommandException($"{parsed.GetValue(text)!.FullName} has {tokens.Length} tokens; at least 2 are needed");
            }

            using var loss = TextLoss.Load(model.Manifest, model.Folder, length);
            var losses = new List<double>(tokens.Length);
            foreach (var part in windows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                losses.AddRange(loss.Measure(part));
            }

            System.Console.WriteLine($"{wanted} ({model.Manifest.Weights}): perplexity {Math.Exp(losses.Average()):F4}, mean loss {losses.Average():F5} nats over {losses.Count} tokens in windows of {length}");
            return 0;
        });
        return command;
    }
}
