using SchedBench.Reporting.Charts.Drawing;

namespace SchedBench.Reporting.Charts.Layout;

/// <summary>The shape of a data marker. The first fourteen series get fourteen different ones.</summary>
internal enum Marker
{
    Disc,
    Square,
    Triangle,
    Diamond,
    TriangleDown,
    Cross,
    Plus,
    Circle,
    OpenSquare,
    OpenTriangle,
    OpenDiamond,
    OpenTriangleDown,
    Asterisk,
    Hourglass,
}

/// <summary>How a bar is filled: solid for the first seven series, then hatched in the same colours.</summary>
internal enum Hatch
{
    Solid,
    Rising,
    Falling,
    Crossed,
}

/// <summary>How the series at one position looks, in every kind of chart.</summary>
/// <remarks>Colours are those of M. Okabe and K. Ito (Color Universal Design, 2008) without the yellow, which vanishes on white. Colour, dash and marker
/// each repeat after 7, 7 and 14 positions, shifted against each other: all 98 combinations differ, and the first fourteen differ by marker alone,
/// so that a figure survives a black-and-white printer.</remarks>
internal sealed record SeriesStyle(Rgb Color, IReadOnlyList<double>? Dash, Marker Marker, Hatch Hatch)
{
    private static readonly Rgb[] Colors =
    [
        new(0x00, 0x72, 0xB2), // blue
        new(0xD5, 0x5E, 0x00), // vermilion
        new(0x00, 0x9E, 0x73), // bluish green
        new(0xCC, 0x79, 0xA7), // reddish purple
        new(0xE6, 0x9F, 0x00), // orange
        new(0x56, 0xB4, 0xE9), // sky blue
        new(0x00, 0x00, 0x00), // black
    ];

    /// <summary>On and off lengths in widths of the line.</summary>
    private static readonly double[]?[] Dashes =
    [
        null,
        [5, 2],
        [1.5, 1.5],
        [6, 1.5, 1.5, 1.5],
        [9, 2.5],
        [3, 1.5, 3, 4],
        [6, 1.5, 1.5, 1.5, 1.5, 1.5],
    ];

    /// <summary>The style of the series at <paramref name="position"/>, from 0.</summary>
    public static SeriesStyle At(int position)
    {
        int round = position / Colors.Length;
        return new SeriesStyle(
            Colors[position % Colors.Length],
            Dashes[(position + round) % Dashes.Length],
            (Marker)(position % 14),
            (Hatch)(round % 4));
    }

    /// <summary>The outline of a data line of this style.</summary>
    public Stroke Line(double width) => new(Color, width, Dash is null ? null : [.. Dash.Select(length => length * width)]);
}
