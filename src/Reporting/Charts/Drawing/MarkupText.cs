using System.Text;

namespace SchedBench.Reporting.Charts.Drawing;

/// <summary>Text within SVG and HTML.</summary>
internal static class MarkupText
{
    /// <summary>Appends text so that it stays text. What markup cannot hold (most control characters, lone surrogates) becomes U+FFFD, visibly; and so do signs that reverse the direction
    /// of writing, with which a name could rearrange the line around it. Line breaks and tabs become blanks.</summary>
    public static StringBuilder AppendMarkup(this StringBuilder markup, string text)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '&': markup.Append("&amp;"); break;
                case '<': markup.Append("&lt;"); break;
                case '>': markup.Append("&gt;"); break;
                case '"': markup.Append("&quot;"); break;
                case '\t' or '\n' or '\r': markup.Append(' '); break;
                case < 0x20 or (>= 0x7F and < 0xA0) or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0xFFFE or 0xFFFF: markup.Append('\uFFFD'); break;
                default: markup.Append(rune.ToString()); break;
            }
        }

        return markup;
    }
}
