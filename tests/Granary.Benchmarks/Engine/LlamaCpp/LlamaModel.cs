namespace Granary.Benchmarks.Engine.LlamaCpp;

/// <summary>A GGUF file that llama.cpp has loaded, its weights repacked for the processor as is its default.</summary>
internal sealed class LlamaModel : IDisposable
{
    private nint _handle;

    public LlamaModel(string path, int vocabularySize)
    {
        var parameters = LlamaNative.llama_model_default_params();
        parameters.GpuLayers = 0;
        _handle = LlamaNative.llama_model_load_from_file(path, parameters);
        VocabularySize = vocabularySize;
        if (_handle == 0)
        {
            throw new InvalidDataException($"llama.cpp does not load {path}.");
        }
    }

    public nint Handle => _handle;

    public int VocabularySize { get; }

    public void Dispose()
    {
        LlamaNative.llama_model_free(_handle);
        _handle = 0;
    }
}
