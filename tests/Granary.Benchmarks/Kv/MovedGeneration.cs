using System.Diagnostics;
using System.IO.Pipelines;
using Granary.Engine;
using Granary.Models;

namespace Granary.Benchmarks.Kv;

/// <summary>A generation of 1,500 tokens that moves from one engine to another while it is read.</summary>
internal static class MovedGeneration
{
    private const int Tokens = 60;
    private const int MoveAfter = 20;

    /// <returns>Milliseconds between the last token here and the first one there, and whether the tokens are those of an undisturbed run.</returns>
    public static async Task<(double PauseMs, bool IsSame)> RunAsync(KvModel model, IEngine from, IEngine to, int number)
    {
        var prompt = model.Text(7000 + number, SecondTurns.History - MoveAfter);
        var undisturbed = (await KvModel.RunAsync(to, prompt, Tokens)).Reply;
        var request = new EngineRequest
        {
            RequestId = $"moved {number}",
            Prompt = prompt,
            Sampling = new SamplingParameters { Temperature = 0, RepetitionPenalty = 1, MaxTokens = Tokens, IgnoreEndOfSequence = true },
            CacheSalt = "moved", // so that nothing of the undisturbed run is there
        };
        var pipe = new Pipe();
        Task? export = null;
        var before = new List<int>();
        var lastHere = 0L;
        var after = Task.Run(() => ReadAsync(to, pipe.Reader));
        await foreach (var output in from.GenerateAsync(request))
        {
            lastHere = output.Tokens.Length > 0 ? Stopwatch.GetTimestamp() : lastHere;
            before.AddRange(output.Tokens);
            if (before.Count >= MoveAfter && export is null)
            {
                export = Task.Run(() => ExportAsync(from, request.RequestId, pipe.Writer));
            }
        }

        await (export ?? throw new InvalidOperationException("The generation ended before it was moved."));
        var (tokens, firstThere) = await after;
        return (Stopwatch.GetElapsedTime(lastHere, firstThere).TotalMilliseconds, undisturbed.SequenceEqual(before.Concat(tokens)));
    }

    private static async Task<(List<int> Tokens, long First)> ReadAsync(IEngine engine, PipeReader reader)
    {
        await using var stream = reader.AsStream();
        var tokens = new List<int>();
        var first = 0L;
        await foreach (var output in engine.ImportAsync(stream))
        {
            if (output.FirstIndex == 0)
            {
                continue; // what it had
            }

            first = tokens.Count == 0 ? Stopwatch.GetTimestamp() : first;
            tokens.AddRange(output.Tokens);
        }

        return (tokens, first);
    }

    private static async Task ExportAsync(IEngine engine, string id, PipeWriter writer)
    {
        await using var stream = writer.AsStream();
        await engine.ExportAsync(id, stream);
    }
}
