using System.Runtime.InteropServices;
using Granary.Engine.Kernels;
using Microsoft.ML.OnnxRuntime;

namespace Granary.Engine.Tests.Kernels;

/// <summary>An ONNX model of a few nodes, run with ONNX Runtime's operators or with Granary's. Numbers are the field numbers of ONNX's messages.</summary>
internal sealed class TinyGraph
{
    private readonly MemoryStream _graph = new();

    /// <summary>Declares an input of floats, or of another type.</summary>
    public void Input(string name, int rank, int type = 1) => Declare(11, name, rank, type);

    /// <summary>Declares an output of floats.</summary>
    public void Output(string name, int rank) => Declare(12, name, rank, type: 1);

    /// <summary>Adds weights.</summary>
    public void Weights<T>(string name, T[] values, params long[] shape)
        where T : unmanaged
    {
        int type = default(T) switch { float => 1, byte => 2, sbyte => 3, _ => 7 }; // long
        var tensor = new MemoryStream();
        foreach (long size in shape)
        {
            Number(tensor, 1, size);
        }

        Number(tensor, 2, type);
        ProtoFields.Write(tensor, 8, name);
        ProtoFields.Write(tensor, 9, MemoryMarshal.AsBytes(values.AsSpan()));
        ProtoFields.Write(_graph, 5, tensor.ToArray());
    }

    /// <summary>Adds a node; attributes are whole numbers, floats and texts.</summary>
    public void Node(string operation, string[] inputs, string[] outputs, params (string Name, object Value)[] attributes)
    {
        var written = new MemoryStream();
        foreach ((string name, object value) in attributes)
        {
            var attribute = new MemoryStream();
            ProtoFields.Write(attribute, 1, name);
            switch (value)
            {
                case float number:
                    attribute.Write([(2 << 3) | 5, .. BitConverter.GetBytes(number)]);
                    Number(attribute, 20, 1);
                    break;
                case int number:
                    Number(attribute, 3, number);
                    Number(attribute, 20, 2);
                    break;
                case string text:
                    ProtoFields.Write(attribute, 4, text);
                    Number(attribute, 20, 3);
                    break;
            }

            ProtoFields.Write(written, 5, attribute.ToArray());
        }

        bool isOnnx = operation is "MatMul" or "Reshape" or "Split" or "SimplifiedLayerNormalization" or "Abs" or "ReduceMax" or "Mul" or "Max" or "Div" or "Round" or "Add" or "Cast";
        ProtoFields.Write(_graph, 1, new GraphNode(operation, isOnnx ? "" : "com.microsoft", inputs, outputs, written.ToArray()).Write());
    }

    /// <summary>Runs the graph.</summary>
    /// <param name="own">Whether with Granary's operators.</param>
    /// <param name="inputs">Values by name.</param>
    /// <param name="inPlace">Outputs that lie where an input lies: their names, and the inputs'.</param>
    /// <returns>The first output.</returns>
    public float[] Run(bool own, Dictionary<string, OrtValue> inputs, params (string Output, string Input)[] inPlace)
    {
        byte[] model = Model();
        if (own)
        {
            model = OneRowGraph.Rewrite(model)!;
            Assert.NotNull(model);
        }

        using var settings = new SessionOptions { IntraOpNumThreads = 2 };
        OneRowOperators.Add(settings);
        using var session = new InferenceSession(model, settings);
        using OrtIoBinding binding = session.CreateIoBinding();
        foreach ((string name, OrtValue value) in inputs)
        {
            binding.BindInput(name, value);
        }

        string first = session.OutputNames[0];
        binding.BindOutputToDevice(first, OrtMemoryInfo.DefaultInstance);
        foreach ((string output, string input) in inPlace)
        {
            binding.BindOutput(output, inputs[input]);
        }

        using var options = new RunOptions();
        session.RunWithBinding(options, binding);
        using IDisposableReadOnlyCollection<OrtValue> outputs = binding.GetOutputValues();
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private byte[] Model()
    {
        var model = new MemoryStream();
        Number(model, 1, 10); // IR version
        var graph = new MemoryStream();
        _graph.WriteTo(graph);
        ProtoFields.Write(graph, 2, "tiny");
        ProtoFields.Write(model, 7, graph.ToArray());
        foreach ((string domain, long version) in (ReadOnlySpan<(string, long)>)[("", 21), ("com.microsoft", 1)])
        {
            var opset = new MemoryStream();
            ProtoFields.Write(opset, 1, domain);
            Number(opset, 2, version);
            ProtoFields.Write(model, 8, opset.ToArray());
        }

        return model.ToArray();
    }

    private void Declare(int field, string name, int rank, int type)
    {
        (MemoryStream value, MemoryStream kind, MemoryStream tensor, MemoryStream shape) = (new(), new(), new(), new());
        for (int dimension = 0; dimension < rank; dimension++)
        {
            var symbol = new MemoryStream();
            ProtoFields.Write(symbol, 2, $"{name}_{dimension}");
            ProtoFields.Write(shape, 1, symbol.ToArray());
        }

        Number(tensor, 1, type);
        ProtoFields.Write(tensor, 2, shape.ToArray());
        ProtoFields.Write(kind, 1, tensor.ToArray());
        ProtoFields.Write(value, 1, name);
        ProtoFields.Write(value, 2, kind.ToArray());
        ProtoFields.Write(_graph, field, value.ToArray());
    }

    private static void Number(MemoryStream stream, int field, long value)
    {
        Varint(stream, (ulong)(field << 3));
        Varint(stream, (ulong)value);
    }

    private static void Varint(MemoryStream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            stream.WriteByte((byte)(value | 0x80));
        }

        stream.WriteByte((byte)value);
    }
}
