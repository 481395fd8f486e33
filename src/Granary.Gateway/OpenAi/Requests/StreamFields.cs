namespace Granary.Gateway.OpenAi.Requests;

/// <summary><c>stream</c> and <c>stream_options</c>.</summary>
internal sealed class StreamFields
{
    private bool _hasOptions;

    /// <summary>Whether the reply is sent as it comes.</summary>
    public bool Stream { get; private set; }

    /// <summary>Whether it ends with the usage.</summary>
    public bool IncludeUsage { get; private set; }

    /// <summary>Reads a field, if it is one of these.</summary>
    /// <exception cref="Granary.Errors.GranaryException">Its value is of the wrong type, or asks for what is not supported.</exception>
    public bool TryRead(Field field)
    {
        switch (field.Name)
        {
            case "stream": Stream = field.Flag(); break;
            case "stream_options": ReadOptions(field); break;
            default: return false;
        }

        return true;
    }

    /// <summary>Refuses options of what is no stream.</summary>
    /// <exception cref="Granary.Errors.GranaryException">There are some.</exception>
    public void Check()
    {
        if (_hasOptions && !Stream)
            throw Field.Contradiction("stream_options", "'stream_options' needs 'stream': true.");
    }

    private void ReadOptions(Field options)
    {
        _hasOptions = true;
        foreach (var field in options.Members())
        {
            switch (field.Name)
            {
                case "stream_options.include_usage": IncludeUsage = field.Flag(); break;
                case "stream_options.include_obfuscation" when !field.Flag(): break;
                case "stream_options.include_obfuscation": throw field.Unsupported();
                default: throw field.Unknown();
            }
        }
    }
}
