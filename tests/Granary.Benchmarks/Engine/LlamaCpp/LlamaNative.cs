using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Granary.Benchmarks.Engine.LlamaCpp;

/// <summary>
/// The functions of llama.cpp v0.5.0 that the benchmark calls, from the libraries of @node-llama-cpp/linux-x64 3.22.1. Parameter structs
/// are that version's, by value: only the fields that are changed are named, at their offsets; the library's own defaults fill the rest.
/// </summary>
internal static unsafe partial class LlamaNative
{
    /// <summary>The npm package's version; the structs' layouts belong to it.</summary>
    public const string Version = "@node-llama-cpp/linux-x64 3.22.1 (llama.cpp v0.5.0)";

    private const string Llama = "llama";
    private const string Ggml = "ggml";
    private const string GgmlBase = "ggml-base";

    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal)
    {
        [Llama] = "libllama.v0.5.0.so",
        [Ggml] = "libggml.v0.5.0.so",
        [GgmlBase] = "libggml-base.so",
    };

    private static string? s_folder;

    /// <summary>Loads the libraries of a folder and the variant of the CPU backend that is best for this processor.</summary>
    public static void Load(string folder)
    {
        if (s_folder is not null)
        {
            return;
        }

        s_folder = folder;
        NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), Resolve);
        ggml_log_set(&Ignore, 0);
        llama_log_set(&Ignore, 0);
        ggml_backend_load_all_from_path(folder);
        llama_backend_init();
    }

    /// <summary>The variant of the CPU backend that llama.cpp has chosen for this processor and loaded itself.</summary>
    public static string CpuBackend =>
        File.ReadLines("/proc/self/maps")
            .Where(line => line.Contains("/libggml-cpu-", StringComparison.Ordinal))
            .Select(line => line[line.IndexOf('/', StringComparison.Ordinal)..])
            .First();

    /// <summary>A function of the CPU backend, which cannot be imported by name.</summary>
    public static nint CpuFunction(string name) => NativeLibrary.GetExport(NativeLibrary.Load(CpuBackend), name);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        Files.TryGetValue(name, out var file) ? NativeLibrary.Load(Path.Combine(s_folder!, file)) : 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Ignore(int level, nint text, nint data)
    {
    }

    [StructLayout(LayoutKind.Explicit, Size = 80)]
    public struct ModelParameters
    {
        [FieldOffset(16)] public int GpuLayers;
        [FieldOffset(74)] public byte UseExtraBufferTypes; // weights repacked for the processor
    }

    [StructLayout(LayoutKind.Explicit, Size = 160)]
    public struct ContextParameters
    {
        [FieldOffset(0)] public uint ContextTokens;
        [FieldOffset(4)] public uint BatchTokens;
        [FieldOffset(8)] public uint MicroBatchTokens;
        [FieldOffset(12)] public uint Sequences;
        [FieldOffset(28)] public int Threads;
        [FieldOffset(32)] public int BatchThreads;
        [FieldOffset(52)] public int FlashAttention; // −1 auto, 0 off, 1 on
        [FieldOffset(133)] public byte UnifiedKv;
    }

    [StructLayout(LayoutKind.Explicit, Size = 56)]
    public struct Batch
    {
        [FieldOffset(0)] public int Tokens;
        [FieldOffset(8)] public int* Token;
        [FieldOffset(24)] public int* Position;
        [FieldOffset(32)] public int* SequenceCount;
        [FieldOffset(40)] public int** SequenceIds;
        [FieldOffset(48)] public sbyte* WantsLogits;
    }

#pragma warning disable SA1300, IDE1006, CA1707 // the library's names
    [LibraryImport(Ggml, StringMarshalling = StringMarshalling.Utf8)]
    private static partial void ggml_backend_load_all_from_path(string folder);

    [LibraryImport(GgmlBase)]
    private static partial void ggml_log_set(delegate* unmanaged[Cdecl]<int, nint, nint, void> log, nint data);

    /// <summary>Quantises rows of floats; the bytes written are returned.</summary>
    [LibraryImport(GgmlBase)]
    public static partial nuint ggml_quantize_chunk(int type, float* source, void* destination, long firstElement, long rows, long columns, float* importance);

    [LibraryImport(GgmlBase)]
    public static partial void ggml_threadpool_params_init(void* parameters, int threads);

    [LibraryImport(Llama)]
    private static partial void llama_log_set(delegate* unmanaged[Cdecl]<int, nint, nint, void> log, nint data);

    [LibraryImport(Llama)]
    private static partial void llama_backend_init();

    [LibraryImport(Llama)]
    public static partial ModelParameters llama_model_default_params();

    [LibraryImport(Llama)]
    public static partial ContextParameters llama_context_default_params();

    [LibraryImport(Llama, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint llama_model_load_from_file(string path, ModelParameters parameters);

    [LibraryImport(Llama)]
    public static partial void llama_model_free(nint model);

    [LibraryImport(Llama)]
    public static partial nint llama_init_from_model(nint model, ContextParameters parameters);

    [LibraryImport(Llama)]
    public static partial void llama_free(nint context);

    [LibraryImport(Llama)]
    public static partial nint llama_get_memory(nint context);

    [LibraryImport(Llama)]
    public static partial void llama_memory_clear(nint memory, [MarshalAs(UnmanagedType.U1)] bool data);

    [LibraryImport(Llama)]
    public static partial void llama_attach_threadpool(nint context, nint pool, nint batchPool);

    [LibraryImport(Llama)]
    public static partial Batch llama_batch_init(int tokens, int embedding, int sequences);

    [LibraryImport(Llama)]
    public static partial void llama_batch_free(Batch batch);

    [LibraryImport(Llama)]
    public static partial int llama_decode(nint context, Batch batch);

    [LibraryImport(Llama)]
    public static partial void llama_synchronize(nint context);

    [LibraryImport(Llama)]
    public static partial float* llama_get_logits_ith(nint context, int token);
#pragma warning restore SA1300, IDE1006, CA1707
}
