namespace Granary.Models.Onnx;

/// <summary>An attribute of a node: a whole number, a float, a string or whole numbers.</summary>
internal readonly record struct OnnxAttribute
{
    private readonly object _value;

    private OnnxAttribute(string name, object value)
    {
        Name = name;
        _value = value;
    }

    public string Name { get; }

    public static implicit operator OnnxAttribute((string Name, long Value) attribute) => new(attribute.Name, attribute.Value);

    public static implicit operator OnnxAttribute((string Name, float Value) attribute) => new(attribute.Name, attribute.Value);

    public static implicit operator OnnxAttribute((string Name, string Value) attribute) => new(attribute.Name, attribute.Value);

    public static implicit operator OnnxAttribute((string Name, long[] Value) attribute) => new(attribute.Name, attribute.Value);

    /// <summary>Writes an AttributeProto.</summary>
    public void Write(ProtoWriter writer)
    {
        const int type = 20;
        writer.String(1, Name);
        switch (_value)
        {
            case float number:
                writer.Float(2, number);
                writer.Int64(type, 1);
                break;
            case long number:
                writer.Int64(3, number);
                writer.Int64(type, 2);
                break;
            case long[] numbers:
                foreach (var each in numbers)
                {
                    writer.Int64(8, each);
                }

                writer.Int64(type, 7);
                break;
            case string text:
                writer.String(4, text);
                writer.Int64(type, 3);
                break;
        }
    }
}
