using System.Diagnostics;
using Granary.Engine.Sampling;

namespace Granary.Benchmarks.Engine;

/// <summary>Times bare forward passes. The clock stops when the last logits lie in the host's memory; nobody looks at them.</summary>
internal static class DecoderLoad
{
    /// <summary>Tokens a second of decodes that replay what the engine generated, so that all sides compute the same tokens.</summary>
    /// <param name="decoder">Whose passes are timed.</param>
    /// <param name="prompts">One a sequence; computed before the clock starts.</param>
    /// <param name="outputs">[sequences][steps], the tokens to feed.</param>
    public static double Decode(IDecoder decoder, int[][] prompts, int[][] outputs)
    {
        decoder.Begin();
        var positions = new int[prompts.Length];
        var tokens = new int[prompts.Length];
        for (var sequence = 0; sequence < prompts.Length; sequence++)
        {
            decoder.Prefill(sequence, prompts[sequence]);
            positions[sequence] = prompts[sequence].Length;
        }

        var steps = outputs[0].Length - 1; // the last token is never fed
        var start = Stopwatch.GetTimestamp();
        for (var step = 0; step < steps; step++)
        {
            for (var sequence = 0; sequence < tokens.Length; sequence++)
            {
                tokens[sequence] = outputs[sequence][step];
            }

            decoder.Decode(tokens, positions);
            for (var sequence = 0; sequence < tokens.Length; sequence++)
            {
                positions[sequence]++;
            }
        }

        var elapsed = Stopwatch.GetElapsedTime(start);
        decoder.End();
        return steps * prompts.Length / elapsed.TotalSeconds;
    }

    /// <summary>Tokens a second of one prompt.</summary>
    public static double Prefill(IDecoder decoder, int[] prompt)
    {
        decoder.Begin();
        var start = Stopwatch.GetTimestamp();
        decoder.Prefill(0, prompt);
        var elapsed = Stopwatch.GetElapsedTime(start);
        decoder.End();
        return prompt.Length / elapsed.TotalSeconds;
    }

    /// <summary>The most likely continuation of a prompt.</summary>
    public static int[] Greedy(IDecoder decoder, ReadOnlySpan<int> prompt, int tokens)
    {
        decoder.Begin();
        decoder.Prefill(0, prompt);
        var output = new int[tokens];
        for (var step = 0; ; step++)
        {
            output[step] = ArgMax(decoder.Logits(0));
            if (step == tokens - 1)
            {
                decoder.End();
                return output;
            }

            decoder.Decode([output[step]], [prompt.Length + step]);
        }
    }

    /// <summary>The first token with the largest logit, found as the engine finds it.</summary>
    public static int ArgMax(ReadOnlySpan<float> logits) =>
        LogitSearch.TryArgMax(logits, out var token) ? token : throw new InvalidOperationException("Logits are not finite.");
}
