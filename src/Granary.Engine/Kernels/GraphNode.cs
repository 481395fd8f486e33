using System.Text;

namespace Granary.Engine.Kernels;

/// <summary>A node of an ONNX graph. Numbers are the field numbers of ONNX's NodeProto.</summary>
/// <param name="Operation">Its operator.</param>
/// <param name="Domain">The operator's domain.</param>
/// <param name="Inputs">Names; empty for one left out.</param>
/// <param name="Outputs">Names; empty for one left out.</param>
/// <param name="Attributes">The fields of its attributes, as they are written.</param>
internal sealed record GraphNode(string Operation, string Domain, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, byte[] Attributes)
{
    private const int AttributeField = 5;

    /// <summary>Reads a node.</summary>
    /// <exception cref="InvalidDataException">This is no message.</exception>
    public static GraphNode Read(ReadOnlySpan<byte> message)
    {
        List<string> inputs = [], outputs = [];
        (string operation, string domain) = ("", "");
        var attributes = new MemoryStream();
        for (ProtoFields fields = new(message); fields.Next();)
        {
            switch (fields.Number)
            {
                case 1:
                    inputs.Add(Encoding.UTF8.GetString(fields.Payload));
                    break;
                case 2:
                    outputs.Add(Encoding.UTF8.GetString(fields.Payload));
                    break;
                case 4:
                    operation = Encoding.UTF8.GetString(fields.Payload);
                    break;
                case AttributeField:
                    attributes.Write(fields.Whole);
                    break;
                case 7:
                    domain = Encoding.UTF8.GetString(fields.Payload);
                    break;
            }
        }

        return new GraphNode(operation, domain, inputs, outputs, attributes.ToArray());
    }

    /// <summary>The node as a message, named as its first output.</summary>
    public byte[] Write()
    {
        var written = new MemoryStream();
        foreach (string input in Inputs)
        {
            ProtoFields.Write(written, 1, input);
        }

        foreach (string output in Outputs)
        {
            ProtoFields.Write(written, 2, output);
        }

        ProtoFields.Write(written, 3, Outputs[0]);
        ProtoFields.Write(written, 4, Operation);
        written.Write(Attributes);
        ProtoFields.Write(written, 7, Domain);
        return written.ToArray();
    }

    /// <summary>A whole number among its attributes.</summary>
    public long? Number(string attribute)
    {
        for (ProtoFields values = new(Find(attribute)); values.Next();)
        {
            if (values.Number == 3) // i
            {
                return values.Value;
            }
        }

        return null;
    }

    /// <summary>Some of its attributes, as they are written.</summary>
    public byte[] Only(params ReadOnlySpan<string> attributes)
    {
        var written = new MemoryStream();
        foreach (string attribute in attributes)
        {
            if (Find(attribute) is { IsEmpty: false } found)
            {
                ProtoFields.Write(written, AttributeField, found);
            }
        }

        return written.ToArray();
    }

    private ReadOnlySpan<byte> Find(string attribute)
    {
        for (ProtoFields fields = new(Attributes); fields.Next();)
        {
            if (ProtoFields.Text(fields.Payload, 1) == attribute)
            {
                return fields.Payload;
            }
        }

        return [];
    }
}
