using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Granary.Engine.Kernels;

/// <summary>silu(gate) · up.</summary>
internal static unsafe class SwiGlu
{
    /// <summary>Of gates and ups that lie apart; the products may go where the gates are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* gates, float* ups, int count, float* products)
    {
        int index = 0;
        for (; index + Vector256<float>.Count <= count; index += Vector256<float>.Count)
        {
            Product(Vector256.Load(gates + index), Vector256.Load(ups + index)).Store(products + index);
        }

        for (; index < count; index++)
        {
            products[index] = Product(gates[index], ups[index]);
        }
    }

    /// <summary>Of g0, u0, g1, u1, ….</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyPairs(float* pairs, int count, float* products)
    {
        const byte evens = 0b10_00_10_00;
        const byte odds = 0b11_01_11_01;
        const byte inOrder = 0b11_01_10_00; // of 64 bits
        int index = 0;
        for (; index + Vector256<float>.Count <= count; index += Vector256<float>.Count)
        {
            Vector256<float> first = Vector256.Load(pairs + (2 * index)), second = Vector256.Load(pairs + (2 * index) + Vector256<float>.Count);
            Vector256<float> product = Product(Avx.Shuffle(first, second, evens), Avx.Shuffle(first, second, odds));
            Avx2.Permute4x64(product.AsDouble(), inOrder).AsSingle().Store(products + index);
        }

        for (; index < count; index++)
        {
            products[index] = Product(pairs[2 * index], pairs[(2 * index) + 1]);
        }
    }

    private static Vector256<float> Product(Vector256<float> gate, Vector256<float> up) => gate / (Vector256<float>.One + Vector256.Exp(-gate)) * up;

    private static float Product(float gate, float up) => gate / (1 + MathF.Exp(-gate)) * up;
}
