using System.Runtime.InteropServices;

namespace Granary.Engine.Kernels;

/// <summary>GroupQueryAttention of one new token of one sequence, with the norms of its heads, which are seven nodes otherwise.</summary>
/// <remarks>
/// Inputs: packed query, key and value [.., (Nq + 2·Nk)·D], past keys and values [1, Nk, Smax, D], the token's position, cosines and sines [positions, D/2], and where heads are normed the query's gamma
/// [D] and the key's. Outputs: [.., Nq·D], and keys and values, which must lie where the past ones lie. Attributes: those of GroupQueryAttention and of the norms.
/// </remarks>
internal static unsafe class OneRowAttention
{
    /// <summary>The operator's name.</summary>
    public const string Name = "Attention";

    // Fewer numbers than this are multiplied sooner by one thread than other threads begin.
    private const long NumbersWorthThreads = 1 << 15;

    /// <summary>The operator, for <see cref="OrtNative.CreateDomain"/>.</summary>
    public static nint Create() => OrtOperator.Create(
        Name,
        [OrtOperator.Float, OrtOperator.Float, OrtOperator.Float, OrtOperator.Int32, OrtOperator.Float, OrtOperator.Float, OrtOperator.Float, OrtOperator.Float],
        optional: 0b11000000,
        lastRepeats: false,
        &CreateKernel,
        &Compute,
        outputs: 3);

    [UnmanagedCallersOnly]
    private static nint CreateKernel(OrtOperator* self, void* api, nint info, void** kernel)
    {
        NodeMemory node = default;
        nint status = OrtNative.Attribute(info, "num_heads"u8, out node.Numbers[0]);
        status = status != 0 ? status : OrtNative.Attribute(info, "local_window_size"u8, out node.Numbers[1]);
        node.Fraction = OrtNative.Attribute(info, "epsilon"u8, ifMissing: 0);
        return NodeMemory.Create(status, node, kernel);
    }

    [UnmanagedCallersOnly]
    private static nint Compute(void* kernel, nint context)
    {
        var node = (NodeMemory*)kernel;
        var call = new OperatorCall(context);
        float* packed = call.Input<float>(0, out TensorShape shape);
        float* pastKeys = call.Input<float>(1, out TensorShape cache);
        float* pastValues = call.Input<float>(2);
        int* position = call.Input<int>(3);
        float* cosines = call.Input<float>(4);
        float* sines = call.Input<float>(5);
        float* queryGamma = call.Input<float>(6);
        float* keyGamma = call.Input<float>(7);
        (int queries, int keys, int width) = ((int)node->Numbers[0], (int)cache[1], (int)cache.Last);
        call.Require(shape.Rows == 1 && cache.Rank == 4 && cache[0] == 1 && shape.Last == (queries + (2 * keys)) * width && width % OneToken.WidthStep == 0, "rows have another shape than the heads"u8);
        shape.Last = queries * width;
        float* output = call.Output(shape);
        float* presentKeys = call.Output(cache, 1);
        float* presentValues = call.Output(cache, 2);
        call.Require(presentKeys == pastKeys && presentValues == pastValues && *position < cache[2], "the cache has no room in its place"u8);
        if (!call.IsGood)
        {
            return call.Status;
        }

        int window = (int)node->Numbers[1];
        var token = new OneToken(queries, keys, width, *position, window <= 0 ? 0 : Math.Max(0, *position + 1 - window))
        {
            Packed = packed, Keys = pastKeys, Values = pastValues, SlotTokens = cache[2], QueryGamma = queryGamma, KeyGamma = keyGamma, Epsilon = node->Fraction, Output = output,
            Cosines = cosines + ((long)*position * width / 2), Sines = sines + ((long)*position * width / 2),
        };
        token.Scratch = (float*)node->Rent(token.ScratchBytes);
        if (token.Numbers < NumbersWorthThreads)
        {
            for (int key = 0; key < keys; key++)
            {
                token.Compute(key);
            }
        }
        else
        {
            call.ForEach(&Piece, keys, &token);
        }

        node->Return((byte*)token.Scratch);
        return call.Status;
    }

    [UnmanagedCallersOnly]
    private static void Piece(void* token, nuint index) => ((OneToken*)token)->Compute((int)index);
}
