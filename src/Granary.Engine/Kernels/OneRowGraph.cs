using System.Text;

namespace Granary.Engine.Kernels;

/// <summary>Puts Granary's operators in the place of ONNX Runtime's in a graph that computes one token at a time. Numbers are the field numbers of ONNX's messages.</summary>
internal static class OneRowGraph
{
    /// <summary>The domain of Granary's operators.</summary>
    public const string Domain = "granary";

    // The attribute that says how many bits a weight has.
    private static readonly Dictionary<string, string> Replaced = new(StringComparer.Ordinal) { ["MatMulNBits"] = "bits", ["QMoE"] = "expert_weight_bits" };

    /// <summary>The graph with other operators.</summary>
    /// <param name="model">An ONNX model.</param>
    /// <returns><see langword="null"/> where nothing is gained, or where weights would lie in memory twice.</returns>
    public static byte[]? Rewrite(ReadOnlySpan<byte> model)
    {
        var written = new MemoryStream(model.Length + 4096);
        int replaced = 0;
        for (ProtoFields fields = new(model); fields.Next();)
        {
            if (fields.Number != 7) // graph
            {
                written.Write(fields.Whole);
            }
            else if (RewriteGraph(fields.Payload, ref replaced) is { } graph)
            {
                ProtoFields.Write(written, 7, graph);
            }
            else
            {
                return null;
            }
        }

        if (replaced == 0)
        {
            return null;
        }

        ProtoFields.Write(written, 8, [.. Field(1, Domain), 2 << 3, 1]); // opset_import, version 1
        return written.ToArray();
    }

    private static byte[]? RewriteGraph(ReadOnlySpan<byte> graph, ref int replaced)
    {
        var written = new MemoryStream(graph.Length + 4096);
        for (ProtoFields fields = new(graph); fields.Next();)
        {
            if (fields.Number != 1) // node
            {
                written.Write(fields.Whole);
                continue;
            }

            if (!Replaced.TryGetValue(Text(fields.Payload, 4), out string? bits))
            {
                written.Write(fields.Whole);
            }
            else if (Attribute(fields.Payload, bits) == 4)
            {
                ProtoFields.Write(written, 1, [.. Without(fields.Payload, 7), .. Field(7, Domain)]);
                replaced++;
            }
            else
            {
                return null; // it is fast with packed weights alone, which a second session would hold a second time
            }
        }

        return written.ToArray();
    }

    private static byte[] Without(ReadOnlySpan<byte> message, int field)
    {
        var written = new MemoryStream(message.Length);
        for (ProtoFields fields = new(message); fields.Next();)
        {
            if (fields.Number != field)
            {
                written.Write(fields.Whole);
            }
        }

        return written.ToArray();
    }

    private static byte[] Field(int number, string text)
    {
        var written = new MemoryStream();
        ProtoFields.Write(written, number, Encoding.UTF8.GetBytes(text));
        return written.ToArray();
    }

    private static string Text(ReadOnlySpan<byte> message, int field)
    {
        for (ProtoFields fields = new(message); fields.Next();)
        {
            if (fields.Number == field)
            {
                return Encoding.UTF8.GetString(fields.Payload);
            }
        }

        return "";
    }

    private static long? Attribute(ReadOnlySpan<byte> node, string name)
    {
        for (ProtoFields fields = new(node); fields.Next();)
        {
            if (fields.Number == 5 && Text(fields.Payload, 1) == name) // attribute
            {
                for (ProtoFields values = new(fields.Payload); values.Next();)
                {
                    if (values.Number == 3) // i
                    {
                        return values.Value;
                    }
                }
            }
        }

        return null;
    }
}
