using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Granary.Profiles;

/// <summary>How fast the host computes and copies. Measured once, on threads of its own, for some tens of milliseconds.</summary>
/// <param name="MatMulFlops">Floating-point operations a second of fp32 matrix products, all cores together.</param>
/// <param name="CopyBytesPerSecond">Bytes a second that one core copies between buffers that are larger than most caches.</param>
internal readonly record struct MachineRates(double MatMulFlops, double CopyBytesPerSecond)
{
    private const int Size = 256; // of square matrices: three of them stay in a core's second-level cache
    private const int Rounds = 8; // the best counts: others may be at work, too
    private const int CopyBytes = 32 << 20;
    private const int PieceBytes = CopyBytes / Rounds; // a round copies another one: short enough to be left alone by the scheduler

    /// <summary>Measures.</summary>
    /// <param name="cores">Threads that multiply.</param>
    /// <param name="timeProvider">The clock.</param>
    public static async Task<MachineRates> MeasureAsync(int cores, TimeProvider timeProvider)
    {
        var copy = await OnThreadAsync(() => Copy(timeProvider));
        var flops = await Task.WhenAll(Enumerable.Range(0, cores).Select(_ => OnThreadAsync(() => MatMul(timeProvider))));
        return new MachineRates(flops.Sum(), copy);
    }

    private static double MatMul(TimeProvider timeProvider)
    {
        var (a, b, c) = (new float[Size * Size], new float[Size * Size], new float[Size * Size]);
        Array.Fill(a, 1);
        Array.Fill(b, 0.5f);
        return Best(2.0 * Size * Size * Size, () => Multiply(a, b, c), timeProvider);
    }

    // c = a · b, four rows and two vectors of columns at a time, so that sums stay in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(float[] a, float[] b, float[] c)
    {
        var lanes = Vector<float>.Count;
        for (var column = 0; column < Size; column += 2 * lanes)
        {
            for (var row = 0; row < Size; row += 4)
            {
                Block(ref a[row * Size], ref b[column], ref c[(row * Size) + column], lanes);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block(ref float a, ref float b, ref float c, int lanes)
    {
        Vector<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        for (var k = 0; k < Size; k++)
        {
            var (left, right) = (Vector.LoadUnsafe(ref b, (nuint)(k * Size)), Vector.LoadUnsafe(ref b, (nuint)((k * Size) + lanes)));
            var x = new Vector<float>(Unsafe.Add(ref a, k));
            (s00, s01) = (Vector.FusedMultiplyAdd(x, left, s00), Vector.FusedMultiplyAdd(x, right, s01));
            x = new Vector<float>(Unsafe.Add(ref a, Size + k));
            (s10, s11) = (Vector.FusedMultiplyAdd(x, left, s10), Vector.FusedMultiplyAdd(x, right, s11));
            x = new Vector<float>(Unsafe.Add(ref a, (2 * Size) + k));
            (s20, s21) = (Vector.FusedMultiplyAdd(x, left, s20), Vector.FusedMultiplyAdd(x, right, s21));
            x = new Vector<float>(Unsafe.Add(ref a, (3 * Size) + k));
            (s30, s31) = (Vector.FusedMultiplyAdd(x, left, s30), Vector.FusedMultiplyAdd(x, right, s31));
        }

        Store(ref c, s00, s01, lanes);
        Store(ref Unsafe.Add(ref c, Size), s10, s11, lanes);
        Store(ref Unsafe.Add(ref c, 2 * Size), s20, s21, lanes);
        Store(ref Unsafe.Add(ref c, 3 * Size), s30, s31, lanes);
    }

    private static void Store(ref float row, Vector<float> left, Vector<float> right, int lanes)
    {
        left.StoreUnsafe(ref row);
        right.StoreUnsafe(ref row, (nuint)lanes);
    }

    // Native, so that the heap does not keep it.
    private static unsafe double Copy(TimeProvider timeProvider)
    {
        var (from, to) = ((nint)NativeMemory.AllocZeroed(CopyBytes), (nint)NativeMemory.AllocZeroed(CopyBytes));
        try
        {
            new Span<byte>((void*)from, CopyBytes).Fill(1); // memory that was never written is no memory yet
            new Span<byte>((void*)to, CopyBytes).Fill(1);
            var at = -PieceBytes;
            return Best(PieceBytes, () => Buffer.MemoryCopy((void*)(from + (at += PieceBytes)), (void*)(to + at), PieceBytes, PieceBytes), timeProvider);
        }
        finally
        {
            NativeMemory.Free((void*)from);
            NativeMemory.Free((void*)to);
        }
    }

    private static double Best(double work, Action run, TimeProvider timeProvider)
    {
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var begin = timeProvider.GetTimestamp();
            run();
            var took = timeProvider.GetElapsedTime(begin);
            best = took < best ? took : best;
        }

        return best > TimeSpan.Zero ? work / best.TotalSeconds : 0;
    }

    [SuppressMessage("Design", "CA1031", Justification = "What fails is thrown where it is awaited.")]
    private static Task<double> OnThreadAsync(Func<double> measure)
    {
        var done = new TaskCompletionSource<double>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                done.SetResult(measure());
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        })
        { IsBackground = true, Name = "profile" }.Start();
        return done.Task;
    }
}
