using System.Buffers.Binary;
using System.Globalization;
using Granary.Models.Onnx.Weights;

namespace Granary.Models.Onnx;

/// <summary>Collects the nodes of a graph in the order of their execution and writes it as an ONNX model.</summary>
/// <remarks>Operators return the name of their output, so that a decoder reads as one function of names.</remarks>
/// <param name="dataFile">The file that holds the weights.</param>
/// <param name="whole">The graph whose weights these are, where this one is a part of it: its weights lie where that one has laid them out.</param>
internal sealed class GraphBuilder(string dataFile, GraphBuilder? whole = null)
{
    /// <summary>The domain of ONNX Runtime's own operators.</summary>
    public const string Microsoft = "com.microsoft";

    private const int IrVersion = 10;
    private const int Opset = 21;

    private readonly List<Action<ProtoWriter>> _nodes = [];
    private readonly List<(string Name, long Bytes, Action<ProtoWriter> Write)> _initializers = [];
    private readonly List<Action<ProtoWriter>> _inputs = [];
    private readonly List<Action<ProtoWriter>> _outputs = [];
    private readonly HashSet<string> _once = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _constants = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (WeightTensor Tensor, long Offset)> _weights = new(StringComparer.Ordinal);

    /// <summary>Where the weights go.</summary>
    public ExternalData Data { get; } = new();

    /// <summary>Bytes of each initialiser that a node reads, by name.</summary>
    public IEnumerable<KeyValuePair<string, long>> ReadBytes =>
        _initializers.Where(initializer => _read.Contains(initializer.Name)).Select(initializer => KeyValuePair.Create(initializer.Name, initializer.Bytes));

    /// <summary>Declares an input; a dimension is a number or a symbol.</summary>
    public string Input(string name, OnnxType type, params object[] shape)
    {
        _inputs.Add(writer => WriteValueInfo(writer, name, type, shape));
        return name;
    }

    /// <summary>Declares an output that a node produces under this name.</summary>
    public void Output(string name, OnnxType type, params object[] shape) => _outputs.Add(writer => WriteValueInfo(writer, name, type, shape));

    /// <summary>Adds weights; a name that was added before is shared.</summary>
    public string Weights(string name, WeightTensor tensor)
    {
        if (!_weights.ContainsKey(name))
        {
            var offset = whole is null ? Data.Add(tensor) : whole.OffsetOf(name, tensor);
            _weights.Add(name, (tensor, offset));
            AddExternal(name, tensor, tensor.Shape, offset);
        }

        return name;
    }

    /// <summary>The same bytes of the data file as an initialiser of another shape: operators differ in what shape they want codes.</summary>
    public string Reshaped(string weights, string name, params long[] shape) => Slice(weights, name, 0, shape);

    /// <summary>Consecutive elements of weights as an initialiser of their own.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="name">The initialiser's name.</param>
    /// <param name="firstElement">The first of them.</param>
    /// <param name="shape">Its shape, which says how many there are.</param>
    public string Slice(string weights, string name, long firstElement, params long[] shape)
    {
        var (tensor, offset) = _weights[weights];
        AddExternal(name, tensor, shape, offset + (firstElement * tensor.ElementBytes));
        return name;
    }

    /// <summary>A small vector of whole numbers.</summary>
    public string Constant(params long[] values) => Constant(string.Join('_', values), [values.Length], values);

    /// <summary>A whole number to compute with; not the vector of one number that says a shape or an axis, which a GPU's operators want in host memory.</summary>
    public string Scalar(long value) => Constant(FormattableString.Invariant($"{value}i"), [], [value]);

    /// <summary>The numbers from 0 to <paramref name="count"/> − 1 as [count, 1].</summary>
    public string Column(int count) => Constant($"column_{count}", [count, 1], [.. Enumerable.Range(0, count).Select(number => (long)number)]);

    /// <summary>A float.</summary>
    public string Number(float value)
    {
        var key = value.ToString("R", CultureInfo.InvariantCulture) + "f";
        if (!_constants.TryGetValue(key, out var name))
        {
            name = _constants[key] = $"const_{key.Replace('-', 'm')}";
            _initializers.Add((name, 0, writer =>
            {
                writer.Int64(2, (int)OnnxType.Float);
                writer.String(8, name);
                var bytes = new byte[sizeof(float)];
                BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
                writer.Bytes(9, bytes);
            }));
        }

        return name;
    }

    /// <summary>Nodes that several others use: they are added when the first one asks.</summary>
    /// <param name="name">Name of the last of them, and of its output.</param>
    /// <param name="add">Adds them.</param>
    public string Once(string name, Func<string, string> add) => _once.Add(name) ? add(name) : name;

    private string Constant(string key, long[] shape, long[] values)
    {
        if (_constants.TryGetValue(key, out var name))
        {
            return name;
        }

        name = _constants[key] = $"const_{key.Replace('-', 'm')}";
        var bytes = new byte[values.Length * sizeof(long)];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * sizeof(long)), values[i]);
        }

        _initializers.Add((name, 0, writer =>
        {
            WriteShape(writer, shape);
            writer.Int64(2, (int)OnnxType.Int64);
            writer.String(8, name);
            writer.Bytes(9, bytes);
        }));
        return name;
    }

    /// <summary>Adds a node with one output, which has the node's name.</summary>
    /// <param name="name">Name of node and output.</param>
    /// <param name="operation">The operator.</param>
    /// <param name="domain">Its domain; empty for ONNX's own.</param>
    /// <param name="inputs">Names of inputs; empty for an optional one left out.</param>
    /// <param name="attributes">Its attributes.</param>
    public string Node(string name, string operation, string domain, IReadOnlyList<string> inputs, params OnnxAttribute[] attributes)
    {
        Node(name, operation, domain, inputs, [name], attributes);
        return name;
    }

    /// <summary>Adds a node with several outputs; an empty name leaves one out.</summary>
    public void Node(string name, string operation, string domain, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs, params OnnxAttribute[] attributes)
    {
        _read.UnionWith(inputs);
        _nodes.Add(writer =>
        {
            foreach (var input in inputs)
            {
                writer.String(1, input);
            }

            foreach (var output in outputs)
            {
                writer.String(2, output);
            }

            writer.String(3, name);
            writer.String(4, operation);
            foreach (var attribute in attributes)
            {
                writer.Message(5, attribute.Write);
            }

            writer.String(7, domain);
        });
    }

    /// <summary>The model as an ONNX file; numbers are the field numbers of ONNX's messages.</summary>
    public ReadOnlySpan<byte> Serialize(string graphName)
    {
        var model = new ProtoWriter();
        model.Int64(1, IrVersion);
        model.String(2, "granary");
        model.Message(7, graph =>
        {
            WriteAll(graph, 1, _nodes);
            graph.String(2, graphName);
            WriteAll(graph, 5, _initializers.Where(initializer => _read.Contains(initializer.Name)).Select(initializer => initializer.Write));
            WriteAll(graph, 11, _inputs);
            WriteAll(graph, 12, _outputs);
        });
        WriteOpset(model, "", Opset);
        WriteOpset(model, Microsoft, 1);
        return model.WrittenSpan;
    }

    private static void WriteAll(ProtoWriter writer, int field, IEnumerable<Action<ProtoWriter>> messages)
    {
        foreach (var message in messages)
        {
            writer.Message(field, message);
        }
    }

    private static void WriteShape(ProtoWriter writer, IReadOnlyList<long> shape)
    {
        foreach (var dimension in shape)
        {
            writer.Int64(1, dimension);
        }
    }

    private static void WriteOpset(ProtoWriter model, string domain, int version) => model.Message(8, opset =>
    {
        opset.String(1, domain);
        opset.Int64(2, version);
    });

    private static void WriteValueInfo(ProtoWriter writer, string name, OnnxType type, object[] shape)
    {
        writer.String(1, name);
        writer.Message(2, typeProto => typeProto.Message(1, tensorType =>
        {
            tensorType.Int64(1, (int)type);
            tensorType.Message(2, shapeProto =>
            {
                foreach (var dimension in shape)
                {
                    shapeProto.Message(1, dim =>
                    {
                        if (dimension is string symbol)
                        {
                            dim.String(2, symbol);
                        }
                        else
                        {
                            dim.Int64(1, (int)dimension);
                        }
                    });
                }
            });
        }));
    }

    private long OffsetOf(string name, WeightTensor tensor) =>
        _weights.TryGetValue(name, out var found) && found.Tensor.Type == tensor.Type && found.Tensor.Shape.SequenceEqual(tensor.Shape)
            ? found.Offset
            : throw new InvalidOperationException($"The model has no weights '{name}' of this type and shape.");

    private void AddExternal(string name, WeightTensor tensor, IReadOnlyList<long> shape, long offset)
    {
        var bytes = shape.Aggregate((long)tensor.ElementBytes, (product, dimension) => checked(product * dimension));
        _initializers.Add((name, bytes, writer => WriteExternal(writer, name, tensor.Type, shape, offset, bytes)));
    }

    private void WriteExternal(ProtoWriter writer, string name, OnnxType type, IReadOnlyList<long> shape, long offset, long bytes)
    {
        const int externalLocation = 1;
        WriteShape(writer, shape);
        writer.Int64(2, (int)type);
        writer.String(8, name);
        foreach (var (key, value) in new[]
        {
            ("location", dataFile),
            ("offset", FormattableString.Invariant($"{offset}")),
            ("length", FormattableString.Invariant($"{bytes}")),
        })
        {
            writer.Message(13, entry =>
            {
                entry.String(1, key);
                entry.String(2, value);
            });
        }

        writer.Int64(14, externalLocation);
    }
}
