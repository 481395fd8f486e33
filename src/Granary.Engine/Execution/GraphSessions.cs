using Granary.Engine.Kernels;
using Microsoft.ML.OnnxRuntime;

namespace Granary.Engine.Execution;

/// <summary>Opens sessions of ONNX Runtime for graphs of the CPU.</summary>
internal static class GraphSessions
{
    /// <summary>Opens a graph's file.</summary>
    /// <exception cref="InvalidDataException">It cannot be loaded.</exception>
    public static InferenceSession Open(string path, EngineOptions options) => Open(path, folder: null, options, settings => new InferenceSession(path, settings));

    /// <summary>Opens a graph in memory.</summary>
    /// <param name="graph">The ONNX model.</param>
    /// <param name="folder">Where its external data is.</param>
    /// <param name="name">For messages.</param>
    /// <param name="options">Threads.</param>
    /// <exception cref="InvalidDataException">It cannot be loaded.</exception>
    public static InferenceSession Open(byte[] graph, string folder, string name, EngineOptions options) =>
        Open(name, folder, options, settings => new InferenceSession(graph, settings));

    /// <summary>Opens a graph again for steps of one token, with operators that read weights where the file is mapped.</summary>
    /// <param name="graph">The ONNX model.</param>
    /// <param name="folder">Where its external data is.</param>
    /// <param name="name">For messages.</param>
    /// <param name="options">Threads, and whether this is wanted.</param>
    /// <returns><see langword="null"/> where the first session is the best there is.</returns>
    /// <exception cref="InvalidDataException">It cannot be loaded.</exception>
    public static InferenceSession? OpenForOneRow(ReadOnlySpan<byte> graph, string folder, string name, EngineOptions options)
    {
        if (!options.OneRowKernels || !Int4Rows.IsSupported || !FitsTwice(folder) || OneRowGraph.Rewrite(graph) is not { } rewritten)
        {
            return null;
        }

        return Open(name, folder, options, settings =>
        {
            OneRowOperators.Add(settings);
            settings.AddSessionConfigEntry("session.disable_prepacking", "1"); // what has no operator of ours is small
            return new InferenceSession(rewritten, settings);
        });
    }

    // Weights that are read from a file which the page cache cannot keep come from the disk, for every token.
    private static bool FitsTwice(string folder) =>
        2 * new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(static file => file.Length) <= GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private static InferenceSession Open(string name, string? folder, EngineOptions options, Func<SessionOptions, InferenceSession> open)
    {
        using var settings = new SessionOptions
        {
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = options.Threads ?? ProcessorTopology.PhysicalCores(),
            InterOpNumThreads = 1,
            EnableMemoryPattern = false, // a pattern is kept for each shape met, and chunks come in every length
        };
        // Threads wait for the next node without sleeping, and sleep as soon as the pass ends: the processors are shared with silos and Kestrel.
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", "1");
        settings.AddSessionConfigEntry("session.force_spinning_stop", "1");
        settings.AddSessionConfigEntry("session.set_denormal_as_zero", "1");
        if (folder is not null)
        {
            settings.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", folder);
        }

        try
        {
            return open(settings);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidDataException($"The graph {name} cannot be loaded: {e.Message}", e);
        }
    }
}
