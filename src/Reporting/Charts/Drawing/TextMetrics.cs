using System.Text;

namespace SchedBench.Reporting.Charts.Drawing;

/// <summary>How wide text is, without asking any font: the layout is the same on every machine.</summary>
/// <remarks>A character counts as wide as in the wider of Helvetica (and its metric twins Arial, Liberation Sans, Nimbus Sans) and DejaVu Sans, the usual
/// substitute on Linux. So whatever font a viewer takes, labels keep clear of each other; with Helvetica they have a little more air.
/// Advance widths in 1/1000 em, code page 1252 from 0x20 on; 0 marks unused codes.</remarks>
internal static class TextMetrics
{
    /// <summary>Height of capitals and digits, in em.</summary>
    public const double CapHeight = 0.72;

    /// <summary>Depth below the baseline, in em.</summary>
    public const double Descent = 0.22;

    /// <summary>Distance of baselines, in em.</summary>
    public const double LineHeight = 1.25;

    /// <summary>What an unknown character counts: as wide as any of the basic plane; emoji and rare scripts beyond it count half as much again.</summary>
    private const int UnknownWidth = 1000, SupplementaryWidth = 1500;

    private static readonly short[] Helvetica =
    [
        278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
        556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
        1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
        667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
        333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
        556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, 0,
        556, 0, 222, 556, 333, 1000, 556, 556, 333, 1000, 667, 333, 1000, 0, 611, 0,
        0, 222, 222, 333, 333, 350, 556, 1000, 333, 1000, 500, 333, 944, 0, 500, 667,
        278, 333, 556, 556, 556, 556, 260, 556, 333, 737, 370, 556, 584, 333, 737, 552,
        400, 549, 333, 333, 333, 576, 537, 278, 333, 333, 365, 556, 834, 834, 834, 611,
        667, 667, 667, 667, 667, 667, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278,
        722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667, 611,
        556, 556, 556, 556, 556, 556, 889, 500, 556, 556, 556, 556, 278, 278, 278, 278,
        556, 556, 556, 556, 556, 556, 556, 549, 611, 556, 556, 556, 556, 500, 556, 500,
    ];

    private static readonly short[] DejaVuSans =
    [
        318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337,
        636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531,
        1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787,
        603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500,
        500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612,
        635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838, 0,
        636, 0, 318, 352, 518, 1000, 500, 500, 500, 1342, 635, 400, 1070, 0, 685, 0,
        0, 318, 318, 518, 518, 590, 500, 1000, 500, 1000, 521, 400, 1023, 0, 525, 611,
        318, 401, 636, 636, 636, 636, 337, 500, 500, 1000, 471, 612, 838, 361, 1000, 500,
        500, 838, 401, 401, 500, 636, 636, 318, 500, 401, 471, 612, 969, 969, 969, 531,
        684, 684, 684, 684, 684, 684, 974, 698, 632, 632, 632, 632, 295, 295, 295, 295,
        775, 748, 787, 787, 787, 787, 787, 838, 787, 732, 732, 732, 732, 611, 605, 630,
        613, 613, 613, 613, 613, 613, 982, 550, 615, 615, 615, 615, 278, 278, 278, 278,
        612, 634, 612, 612, 612, 612, 612, 838, 612, 634, 634, 634, 634, 592, 635, 592,
    ];

    /// <summary>The room that <paramref name="text"/> takes at <paramref name="size"/> points, in points.</summary>
    public static double Width(string text, double size)
    {
        long units = 0;
        foreach (Rune rune in text.EnumerateRunes()) units += Units(rune);
        return units * size / 1000;
    }

    /// <summary>The width of a code page 1252 character in the built-in Helvetica of every PDF viewer, in 1/1000 em.</summary>
    public static int HelveticaUnits(byte code) => code < 0x20 ? 0 : Helvetica[code - 0x20];

    /// <summary>The code of <paramref name="rune"/> in code page 1252 (PDF: WinAnsiEncoding), or 0 when it has none.</summary>
    public static byte WinAnsiCode(Rune rune)
    {
        int value = rune.Value;
        if (value is >= 0x20 and < 0x7F or >= 0xA0 and <= 0xFF) return (byte)value;
        int index = value > 0xFF && value <= 0xFFFF ? C1Characters.IndexOf((char)value, StringComparison.Ordinal) : -1;
        return index < 0 ? (byte)0 : (byte)(0x80 + index);
    }

    /// <summary>The longest form of <paramref name="text"/> that fits: whole, or with its middle replaced by an ellipsis, because names differ at both ends.</summary>
    public static string Fit(string text, double size, double room)
    {
        if (Width(text, size) <= room) return text;
        Rune[] runes = [.. text.EnumerateRunes()];
        for (int kept = runes.Length - 1; kept > 0; kept--)
        {
            int tail = kept / 2;
            string shortened = string.Concat(runes[..(kept - tail)]) + "…" + string.Concat(runes[(runes.Length - tail)..]);
            if (Width(shortened, size) <= room) return shortened;
        }

        return "…";
    }

    /// <summary>Breaks <paramref name="text"/> at spaces into at most <paramref name="mostLines"/> lines of similar length; the last is shortened when it does not fit.</summary>
    public static List<string> Wrap(string text, double size, double room, int mostLines)
    {
        List<string> lines = Greedy(text.Trim(), size, room, mostLines);
        for (double narrower = room - size; narrower > room / 2 && lines.Count > 1; narrower -= size)
        {
            List<string> balanced = Greedy(text.Trim(), size, narrower, mostLines);
            if (balanced.Count > lines.Count || balanced.Any(line => Width(line, size) > narrower)) break;
            lines = balanced;
        }

        return [.. lines.Select(line => Fit(line, size, room))];
    }

    private static List<string> Greedy(string rest, double size, double room, int mostLines)
    {
        var lines = new List<string>();
        while (rest.Length > 0)
        {
            int end = lines.Count + 1 == mostLines ? rest.Length : BreakAt(rest, size, room);
            lines.Add(rest[..end]);
            rest = rest[end..].TrimStart();
        }

        return lines;
    }

    /// <summary>Where the longest run of whole words ends that fits into <paramref name="room"/>; at least one word.</summary>
    private static int BreakAt(string text, double size, double room)
    {
        int end = 0;
        for (int space = NextBreak(text, 0); ; space = NextBreak(text, space + 1))
        {
            int candidate = space < 0 ? text.Length : space;
            if (end > 0 && Width(text[..candidate], size) > room) return end;
            end = candidate;
            if (space < 0) return end;
        }
    }

    /// <summary>The next blank at which a line may end, or −1; a number and its per cent sign stay together.</summary>
    private static int NextBreak(string text, int from)
    {
        int space = text.IndexOf(' ', from);
        while (space >= 0 && space + 1 < text.Length && text[space + 1] == '%') space = text.IndexOf(' ', space + 1);
        return space;
    }

    private static int Units(Rune rune)
    {
        if (rune.Value == 0x2212) return 838; // the minus sign of tick labels
        byte code = WinAnsiCode(rune);
        if (code != 0) return Math.Max(Helvetica[code - 0x20], DejaVuSans[code - 0x20]);
        return rune.Value <= 0xFFFF ? UnknownWidth : SupplementaryWidth;
    }

    /// <summary>Codes 0x80..0x9F; unused ones hold a character that no text contains.</summary>
    private const string C1Characters = "€\uFFFF‚ƒ„…†‡ˆ‰Š‹Œ\uFFFFŽ\uFFFF\uFFFF‘’“”•–—˜™š›œ\uFFFFžŸ";
}
