using System.Collections.Immutable;
using Granary.Models.Architectures;
using Granary.Models.Checkpoints;
using Granary.Models.Onnx;
using Granary.Models.Onnx.Weights;
using Granary.Models.Synthesis;
using Granary.Models.Tokenization;

namespace Granary.Models.Catalog;

/// <summary>One import: checks the source, then writes the model's files into a work folder.</summary>
internal sealed class ModelImport : IDisposable
{
    // Room for the graph, the copies and the file system's own needs.
    private const long SpareBytes = 16 << 20;

    private readonly ImportRequest _request;
    private readonly string _name;
    private readonly ModelConfig _config;
    private readonly ITensorSource _tensors;
    private readonly IReadOnlySet<ModelPart> _keptWide;
    private readonly Decoder _decoder;
    private readonly GraphBuilder _graph;
    private readonly JsonFile? _generation;
    private readonly string[] _copied;

    /// <summary>Reads and checks everything that can be checked without reading the weights.</summary>
    /// <exception cref="ModelFormatException">The source cannot be imported.</exception>
    /// <exception cref="Errors.GranaryException">Its tokenizer cannot.</exception>
    public ModelImport(ImportRequest request, string name)
    {
        _request = request;
        _name = name;
        if (!Directory.Exists(request.Source))
        {
            throw new ModelFormatException(request.Source, "no such folder. Point at a Hugging Face model folder.");
        }

        _copied = [.. ModelFiles.Copied
            .Where(file => File.Exists(Path.Combine(request.Source, file)))
            .Select(file => CheckpointFiles.Resolve(request.Source, file, request.Source))];
        var json = JsonFile.Read(Path.Combine(request.Source, "config.json"));
        var architecture = ArchitectureRegistry.For(json);
        _config = ModelConfig.Read(json);
        _generation = _copied.Where(path => Path.GetFileName(path) == "generation_config.json").Select(JsonFile.Read).SingleOrDefault();
        if (_copied.Any(path => Path.GetFileName(path) == "tokenizer.json"))
        {
            // Better refused now than when the model is first served.
            _ = HuggingFaceTokenizer.Load(request.Source);
        }

        _tensors = json.OptionalInt(SyntheticFolder.SeedKey, 0, int.MaxValue) is { } seed ? new SyntheticTensors(seed) : Checkpoint.Open(request.Source);
        try
        {
            _decoder = architecture.Describe(_config, _tensors.Contains);
            CheckTensors(_decoder, _tensors);
            _keptWide = KeptWide.Of(_decoder, request.Weights, request.KeepWide);
            _graph = ModelDevices.BuildGraph(_decoder, request, _keptWide);
        }
        catch
        {
            _tensors.Dispose();
            throw;
        }
    }

    /// <summary>Bytes that the imported model takes on disk, and a little more.</summary>
    public long RequiredBytes => _graph.Data.ByteLength + SpareBytes;

    private int? BlockLength => (_request.Weights, _request.Device) switch
    {
        (WeightKind.Int8 or WeightKind.W8A8 or WeightKind.Int4, ModelDevices.Cpu) => _request.BlockLength,
        (WeightKind.Int8 or WeightKind.Int4, _) => BlockQuantizer.BlockLength,
        _ => null,
    };

    private IEnumerable<string> KeptWideNames => _keptWide.Order().Select(part => part.Name());

    /// <summary>Writes all files of the model into <paramref name="folder"/>, the manifest last, and brings them to the disk.</summary>
    public ModelManifest Write(string folder, ImportMeter meter, CancellationToken cancellationToken)
    {
        string[] sources = [.. _copied, .. _tensors.Files];
        meter.Total = sources.Sum(path => new FileInfo(path).Length) + _graph.Data.TensorBytes;

        meter.Enter(ImportStage.Fingerprinting);
        var fingerprint = Fingerprint.Compute(sources, string.Join(' ', [_request.Device, _request.Weights.Name(), .. BlockLength is { } length ? [$"blocks of {length}"] : Array.Empty<string>(), .. KeptWideNames]), meter.Add, cancellationToken);

        meter.Enter(ImportStage.Writing);
        _graph.Data.Write(Path.Combine(folder, ModelFiles.Data), _tensors, meter.Add, cancellationToken);

        meter.Enter(ImportStage.Finishing);
        DurableFiles.Write(Path.Combine(folder, ModelFiles.Graph), _graph.Serialize(_name));
        DurableFiles.Write(Path.Combine(folder, ModelFiles.Tensors), System.Text.Encoding.UTF8.GetBytes(string.Join('\n', _tensors.TensorNames.Order(StringComparer.Ordinal))));
        foreach (var path in _copied)
        {
            cancellationToken.ThrowIfCancellationRequested();
            DurableFiles.Copy(path, Path.Combine(folder, Path.GetFileName(path)));
        }

        var manifest = Describe(folder, fingerprint);
        ManifestFile.Write(folder, manifest);
        DurableFiles.FlushFolder(folder);
        cancellationToken.ThrowIfCancellationRequested();
        return manifest;
    }

    public void Dispose() => _tensors.Dispose();

    private static void CheckTensors(Decoder decoder, ITensorSource source)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in decoder.Tensors())
        {
            if (used.Add(part.Tensor))
            {
                source.Require(part.Tensor, part.Shape);
            }
        }

        // A tensor that nothing uses would be missing from the result: a bias that config.json does not mention, a layer too many.
        foreach (var name in source.TensorNames)
        {
            if (!used.Contains(name) && !name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal) && name != "lm_head.weight")
            {
                throw new ModelFormatException(source.Files.First(), $"is not part of a {decoder.Config.ModelType} model with this config.json. Weights and config.json do not belong together.", name);
            }
        }
    }

    private ModelManifest Describe(string folder, string fingerprint) => new()
    {
        Name = _name,
        Architecture = _config.ModelType,
        Fingerprint = fingerprint,
        Weights = _request.Weights.Name(),
        BlockLength = BlockLength,
        KeptWide = [.. KeptWideNames],
        Runtime = _request.Runtime.ToString(2),
        Device = _request.Device,
        ParameterCount = _decoder.Tensors().Sum(part => (long)part.Rows * part.Columns),
        LayerCount = _config.LayerCount,
        HiddenSize = _config.HiddenSize,
        HeadCount = _config.HeadCount,
        KvHeadCount = _config.KvHeadCount,
        HeadDim = _config.HeadDim,
        VocabularySize = _config.VocabularySize,
        MaxPositions = _config.Rope.MaxPositions,
        SlidingWindow = _decoder.Layers.Select(layer => layer.Attention.Window).FirstOrDefault(window => window is not null),
        EndOfSequenceTokens = [.. GenerationConfig.EndOfSequence(_generation, _config)],
        Defaults = GenerationConfig.Defaults(_generation),
        GraphFile = ModelFiles.Graph,
        FileBytes = new DirectoryInfo(folder).EnumerateFiles().ToImmutableSortedDictionary(file => file.Name, file => file.Length, StringComparer.Ordinal),
    };
}
