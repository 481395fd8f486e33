using System.Text;
using Granary.Models.Tokenization.PreTokenizers;

namespace Granary.Models.Tokenization;

/// <summary>Replaces what a delimiter finds by a literal text.</summary>
internal static class Replacer
{
    public static string Replace(Delimiter delimiter, string text, string content)
    {
        var parts = new List<(int Start, int End, bool IsMatch)>();
        delimiter.Find(text, 0, text.Length, parts);
        if (!parts.Exists(p => p.IsMatch))
        {
            return text;
        }

        var builder = new StringBuilder(text.Length);
        foreach (var (start, end, isMatch) in parts)
        {
            if (isMatch)
            {
                builder.Append(content);
            }
            else
            {
                builder.Append(text, start, end - start);
            }
        }

        return builder.ToString();
    }
}
