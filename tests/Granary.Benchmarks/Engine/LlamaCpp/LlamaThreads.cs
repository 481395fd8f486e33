namespace Granary.Benchmarks.Engine.LlamaCpp;

/// <summary>
/// Threads that wait for llama.cpp's graphs, as its own programs have them; without them every pass would start new ones. Idle, they
/// spin for a tenth of a second before they sleep: they are paused between measurements, so that they take nothing from the next one.
/// </summary>
internal sealed unsafe class LlamaThreads : IDisposable
{
    private const int ParametersBytes = 1024; // the struct has 528
    private readonly delegate* unmanaged[Cdecl]<nint, void> _pause = (delegate* unmanaged[Cdecl]<nint, void>)LlamaNative.CpuFunction("ggml_threadpool_pause");
    private readonly delegate* unmanaged[Cdecl]<nint, void> _resume = (delegate* unmanaged[Cdecl]<nint, void>)LlamaNative.CpuFunction("ggml_threadpool_resume");
    private readonly nint _pool;

    public LlamaThreads(int threads)
    {
        byte* parameters = stackalloc byte[ParametersBytes];
        LlamaNative.ggml_threadpool_params_init(parameters, threads);
        _pool = ((delegate* unmanaged[Cdecl]<void*, nint>)LlamaNative.CpuFunction("ggml_threadpool_new"))(parameters);
        Pause();
    }

    public nint Handle => _pool;

    /// <summary>Puts the threads to sleep.</summary>
    public void Pause() => _pause(_pool);

    /// <summary>Wakes them.</summary>
    public void Resume() => _resume(_pool);

    public void Dispose() => ((delegate* unmanaged[Cdecl]<nint, void>)LlamaNative.CpuFunction("ggml_threadpool_free"))(_pool);
}
