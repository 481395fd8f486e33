namespace Granary.Models.ChatTemplates.Jinja;

/// <summary>Something is wrong with a template or its data. The line is added where it is known.</summary>
internal sealed class JinjaException(string message, bool isRaisedByTemplate = false, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>The line of the template, from 1; 0 while unknown.</summary>
    public int Line { get; set; }

    /// <summary>Whether the template itself called <c>raise_exception</c>.</summary>
    public bool IsRaisedByTemplate { get; } = isRaisedByTemplate;

    public static JinjaException At(int line, string message) => new(message) { Line = line };
}
