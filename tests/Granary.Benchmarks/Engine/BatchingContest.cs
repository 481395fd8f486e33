using System.Diagnostics;
using Granary.Engine;

namespace Granary.Benchmarks.Engine;

/// <summary>
/// A load of mixed lengths through the engine, which refills a slot as soon as it is free, and in static batches over the same forward
/// pass: as many requests as there are slots begin together, and the next ones begin when the last of them has ended.
/// </summary>
internal static class BatchingContest
{
    /// <summary>Output tokens a second of the engine.</summary>
    public static async Task<double> ContinuousAsync(IEngine engine, (int[] Prompt, int Tokens)[] requests)
    {
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(requests.Select(request => Task.Run(async () =>
        {
            var tokens = 0;
            await foreach (var output in engine.GenerateAsync(EngineLoad.Request(request.Prompt, request.Tokens)))
            {
                tokens += output.Tokens.Length;
            }

            if (tokens != request.Tokens)
            {
                throw new InvalidOperationException($"An output of {request.Tokens} tokens has {tokens}.");
            }
        })));
        return requests.Sum(request => request.Tokens) / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Output tokens a second in static batches. An output that has ended is computed on as padding, without growing: the batch's shape is fixed.</summary>
    public static double Static(IDecoder decoder, (int[] Prompt, int Tokens)[] requests, int slots)
    {
        var start = Stopwatch.GetTimestamp();
        foreach (var batch in requests.Chunk(slots))
        {
            decoder.Begin();
            var tokens = new int[batch.Length];
            var positions = new int[batch.Length];
            for (var row = 0; row < batch.Length; row++)
            {
                decoder.Prefill(row, batch[row].Prompt);
                tokens[row] = DecoderLoad.ArgMax(decoder.Logits(0));
                positions[row] = batch[row].Prompt.Length;
            }

            for (var step = 1; step < batch.Max(request => request.Tokens); step++)
            {
                decoder.Decode(tokens, positions);
                for (var row = 0; row < batch.Length; row++)
                {
                    if (step < batch[row].Tokens)
                    {
                        tokens[row] = DecoderLoad.ArgMax(decoder.Logits(row));
                        positions[row]++;
                    }
                }
            }

            decoder.End();
        }

        return requests.Sum(request => request.Tokens) / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
