namespace Granary.Engine.Kernels;

/// <summary>An ONNX graph whose nodes can be replaced. Numbers are the field numbers of ONNX's GraphProto.</summary>
internal sealed class NodeGraph
{
    private const int NodeField = 1;
    private const int InitializerField = 5;
    private const int OutputField = 12;

    private readonly List<GraphNode> _nodes = [];
    private readonly Dictionary<string, GraphNode> _givers = new(StringComparer.Ordinal); // by output
    private readonly Dictionary<string, byte[]> _initializers = new(StringComparer.Ordinal); // their messages
    private readonly HashSet<string> _outputs = new(StringComparer.Ordinal);
    private readonly List<byte[]> _rest = []; // whole fields

    /// <summary>Reads a graph.</summary>
    /// <exception cref="InvalidDataException">This is no message.</exception>
    public NodeGraph(ReadOnlySpan<byte> message)
    {
        for (ProtoFields fields = new(message); fields.Next();)
        {
            switch (fields.Number)
            {
                case NodeField:
                    Add(GraphNode.Read(fields.Payload));
                    break;
                case InitializerField:
                    _initializers.Add(ProtoFields.Text(fields.Payload, 8), fields.Payload.ToArray());
                    break;
                default:
                    if (fields.Number == OutputField)
                    {
                        _outputs.Add(ProtoFields.Text(fields.Payload, 1));
                    }

                    _rest.Add(fields.Whole.ToArray());
                    break;
            }
        }
    }

    /// <summary>The nodes, in the order of their execution.</summary>
    public IReadOnlyList<GraphNode> Nodes => _nodes;

    /// <summary>Whether these are all weights or constants.</summary>
    public bool AreConstant(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (!_initializers.ContainsKey(name))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The node that gives this, if it is of that operator.</summary>
    public GraphNode? Giver(string name, string operation) => _givers.GetValueOrDefault(name) is { } giver && giver.Operation == operation ? giver : null;

    /// <summary>Follows first inputs from what the first of these operators gives to what the last one reads.</summary>
    /// <returns><see langword="null"/> where others are there.</returns>
    public string? Behind(string? name, params ReadOnlySpan<string> operations)
    {
        foreach (string operation in operations)
        {
            name = name is null ? null : Giver(name, operation)?.Inputs[0];
        }

        return name;
    }

    /// <summary>Puts other nodes in the place of some.</summary>
    /// <param name="other">What comes instead of a node; <see langword="null"/> where it stays. It gives outputs of the same names.</param>
    /// <returns>How many were replaced.</returns>
    public int Replace(Func<GraphNode, GraphNode?> other)
    {
        int replaced = 0;
        for (int index = 0; index < _nodes.Count; index++)
        {
            if (other(_nodes[index]) is { } node)
            {
                _nodes[index] = node;
                Know(node);
                replaced++;
            }
        }

        return replaced;
    }

    /// <summary>The graph without what nobody reads.</summary>
    public byte[] Write()
    {
        var read = new HashSet<string>(_outputs, StringComparer.Ordinal);
        var kept = new List<GraphNode>();
        for (int index = _nodes.Count - 1; index >= 0; index--)
        {
            if (_nodes[index].Outputs.Any(read.Contains))
            {
                read.UnionWith(_nodes[index].Inputs);
                kept.Add(_nodes[index]);
            }
        }

        var written = new MemoryStream();
        for (int index = kept.Count - 1; index >= 0; index--)
        {
            ProtoFields.Write(written, NodeField, kept[index].Write());
        }

        foreach ((string name, byte[] initializer) in _initializers)
        {
            if (read.Contains(name))
            {
                ProtoFields.Write(written, InitializerField, initializer);
            }
        }

        _rest.ForEach(field => written.Write(field));
        return written.ToArray();
    }

    private void Add(GraphNode node)
    {
        _nodes.Add(node);
        Know(node);
    }

    private void Know(GraphNode node)
    {
        foreach (string output in node.Outputs)
        {
            _givers[output] = node;
        }
    }
}
