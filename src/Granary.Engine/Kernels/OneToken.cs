using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Granary.Engine.Kernels;

/// <summary>The attention of one new token to its sequence. <see cref="Compute"/> runs for each head of keys, on several threads.</summary>
/// <param name="queries">Heads of queries, Nq.</param>
/// <param name="keys">Heads of keys and of values, Nk.</param>
/// <param name="width">D.</param>
/// <param name="position">The new token's position.</param>
/// <param name="first">The first token that it sees.</param>
internal unsafe struct OneToken(int queries, int keys, int width, int position, int first)
{
    /// <summary>D is a multiple of this.</summary>
    public const int WidthStep = 16;

    /// <summary>[(Nq + 2·Nk)·D].</summary>
    public float* Packed { get; init; }

    /// <summary>[Nk, <see cref="SlotTokens"/>, D].</summary>
    public float* Keys { get; init; }

    /// <summary>[Nk, <see cref="SlotTokens"/>, D].</summary>
    public float* Values { get; init; }

    /// <summary>Tokens that the cache has room for.</summary>
    public long SlotTokens { get; init; }

    /// <summary>[D], or <see langword="null"/> where heads are not normed.</summary>
    public float* QueryGamma { get; init; }

    /// <inheritdoc cref="QueryGamma"/>
    public float* KeyGamma { get; init; }

    /// <summary>Of the norms.</summary>
    public float Epsilon { get; init; }

    /// <summary>Of the position, [D/2].</summary>
    public float* Cosines { get; init; }

    /// <inheritdoc cref="Cosines"/>
    public float* Sines { get; init; }

    /// <summary>[Nq·D].</summary>
    public float* Output { get; init; }

    /// <summary>Memory for turned queries and for scores, <see cref="ScratchBytes"/> long.</summary>
    public float* Scratch { get; set; }

    /// <summary>Length of <see cref="Scratch"/>.</summary>
    public readonly long ScratchBytes => (long)sizeof(float) * queries * (width + ScoreRoom);

    /// <summary>How many numbers are multiplied.</summary>
    public readonly long Numbers => 2L * queries * width * Tokens;

    private readonly int Tokens => position + 1 - first;

    private readonly int ScoreRoom => (Tokens + 7) / 8 * 8; // whole vectors

    /// <summary>Computes the queries that share a head of keys.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Compute(int key)
    {
        float* newKey = Keys + (((key * SlotTokens) + position) * width);
        Turn(Packed + ((queries + key) * width), KeyGamma, newKey);
        Unsafe.CopyBlock(Values + (((key * SlotTokens) + position) * width), Packed + ((queries + keys + key) * width), (uint)(sizeof(float) * width));
        int group = queries / keys;
        for (int query = key * group; query < (key + 1) * group; query++)
        {
            float* turned = Scratch + (query * width);
            Turn(Packed + (query * width), QueryGamma, turned);
            float* scores = Scratch + (queries * width) + ((long)query * ScoreRoom);
            Weigh(scores, Score(turned, Keys + (((key * SlotTokens) + first) * width), scores));
            Mix(scores, Values + (((key * SlotTokens) + first) * width), Output + (query * width));
        }
    }

    // Normed, then turned by the position: the first half with the second.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Turn(float* head, float* gamma, float* turned)
    {
        float scale = 1;
        if (gamma != null)
        {
            Vector256<float> squares = Vector256<float>.Zero;
            for (int index = 0; index < width; index += Vector256<float>.Count)
            {
                Vector256<float> values = Vector256.Load(head + index);
                squares = Vector256.FusedMultiplyAdd(values, values, squares);
            }

            scale = 1 / MathF.Sqrt((Vector256.Sum(squares) / width) + Epsilon);
        }

        int half = width / 2;
        for (int index = 0; index < half; index += Vector256<float>.Count)
        {
            Vector256<float> low = Vector256.Load(head + index) * scale, high = Vector256.Load(head + half + index) * scale;
            if (gamma != null)
            {
                low *= Vector256.Load(gamma + index);
                high *= Vector256.Load(gamma + half + index);
            }

            Vector256<float> cosine = Vector256.Load(Cosines + index), sine = Vector256.Load(Sines + index);
            ((low * cosine) - (high * sine)).Store(turned + index);
            ((high * cosine) + (low * sine)).Store(turned + half + index);
        }
    }

    /// <returns>The largest score.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly float Score(float* query, float* keysOfHead, float* scores)
    {
        float scale = 1 / MathF.Sqrt(width);
        float largest = float.NegativeInfinity;
        for (int token = 0; token < Tokens; token++, keysOfHead += width)
        {
            Vector256<float> even = Vector256<float>.Zero, odd = Vector256<float>.Zero;
            for (int index = 0; index < width; index += WidthStep)
            {
                even = Vector256.FusedMultiplyAdd(Vector256.Load(query + index), Vector256.Load(keysOfHead + index), even);
                odd = Vector256.FusedMultiplyAdd(Vector256.Load(query + index + 8), Vector256.Load(keysOfHead + index + 8), odd);
            }

            scores[token] = Vector256.Sum(even + odd) * scale;
            largest = MathF.Max(largest, scores[token]);
        }

        new Span<float>(scores + Tokens, ScoreRoom - Tokens).Fill(float.NegativeInfinity);
        return largest;
    }

    // The softmax of scores.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Weigh(float* scores, float largest)
    {
        Vector256<float> sums = Vector256<float>.Zero;
        for (int token = 0; token < ScoreRoom; token += Vector256<float>.Count)
        {
            Vector256<float> weights = Vector256.Exp(Vector256.Load(scores + token) - Vector256.Create(largest));
            weights.Store(scores + token);
            sums += weights;
        }

        float inverse = 1 / Vector256.Sum(sums);
        for (int token = 0; token < ScoreRoom; token += Vector256<float>.Count)
        {
            (Vector256.Load(scores + token) * inverse).Store(scores + token);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Mix(float* weights, float* valuesOfHead, float* output)
    {
        for (int index = 0; index < width; index += WidthStep)
        {
            Vector256<float> low = Vector256<float>.Zero, high = Vector256<float>.Zero;
            float* values = valuesOfHead + index;
            for (int token = 0; token < Tokens; token++, values += width)
            {
                Vector256<float> weight = Vector256.Create(weights[token]);
                low = Vector256.FusedMultiplyAdd(weight, Vector256.Load(values), low);
                high = Vector256.FusedMultiplyAdd(weight, Vector256.Load(values + 8), high);
            }

            low.Store(output + index);
            high.Store(output + index + 8);
        }
    }
}
