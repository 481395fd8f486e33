namespace Granary.Host.Top;

/// <summary>A column of <see cref="TopTable"/> with its cells, from the first silo to the row of all.</summary>
/// <param name="Title">Its head.</param>
/// <param name="Short">Its head where there is little room.</param>
/// <param name="Need">How much it is needed: the lowest goes first. That of the highest stays, and is cut.</param>
/// <param name="Cells">One a row.</param>
/// <param name="IsNumber">Whether it is aligned to the right.</param>
internal sealed record TopColumn(string Title, string Short, int Need, string[] Cells, bool IsNumber = true)
{
    /// <summary>Characters between two columns.</summary>
    public const int Gap = 2;

    private const char Cut = '…';

    /// <summary>Characters that it takes.</summary>
    public int Width => Cells.Append(Title).Max(static text => text.Length);

    /// <summary>As many columns as there is room for, in their order: first the heads are shortened and long texts cut, then whole columns go.</summary>
    /// <param name="columns">All of them.</param>
    /// <param name="width">Characters of a line.</param>
    /// <param name="longest">Characters of a text that are not cut before columns go.</param>
    public static List<TopColumn> Fit(IReadOnlyList<TopColumn> columns, int width, int longest)
    {
        List<TopColumn> left = [.. columns];
        if (WidthOf(left) <= width)
        {
            return left;
        }

        left = [.. left.Select(column => (column with { Title = column.Short }).CutTo(longest))];
        while (left.Count > 1 && WidthOf(left) > width)
        {
            left.Remove(left.MinBy(static column => column.Need)!);
        }

        return [.. left.Select(column => left.Count == 1 ? column.CutTo(Math.Max(1, width)) : column)];
    }

    private static int WidthOf(List<TopColumn> columns) => columns.Sum(static column => column.Width + Gap) - Gap;

    private TopColumn CutTo(int width) => this with { Title = Shorten(Title, width), Cells = [.. Cells.Select(cell => Shorten(cell, width))] };

    private static string Shorten(string text, int width) => text.Length <= width ? text : text[..(width - 1)] + Cut;
}
