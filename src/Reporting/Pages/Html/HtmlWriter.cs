using System.Text;
using SchedBench.Reporting.Charts.Drawing;

namespace SchedBench.Reporting.Pages.Html;

/// <summary>Writes HTML whose tags always close and whose text is always escaped.</summary>
internal sealed class HtmlWriter
{
    private readonly StringBuilder _text = new();
    private readonly Stack<string> _open = new();

    /// <summary>Opens an element; <see cref="End"/> closes it.</summary>
    /// <param name="tag">Its name.</param>
    /// <param name="attributes">Its attributes; values are escaped.</param>
    public HtmlWriter Start(string tag, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Open(tag, attributes);
        _open.Push(tag);
        return this;
    }

    /// <summary>Closes the element that was opened last, and ends the line.</summary>
    public HtmlWriter End()
    {
        EndInline();
        _text.Append('\n');
        return this;
    }

    /// <summary>Closes the element that was opened last within a line of text.</summary>
    public HtmlWriter EndInline()
    {
        _text.Append("</").Append(_open.Pop()).Append('>');
        return this;
    }

    /// <summary>An element without content, such as <c>meta</c>; closed in the way that HTML and XML share.</summary>
    public HtmlWriter Void(string tag, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Open(tag, attributes, " />\n");
        return this;
    }

    /// <summary>An element that holds nothing but text.</summary>
    public HtmlWriter Element(string tag, string text, params ReadOnlySpan<(string Name, string Value)> attributes) => Start(tag, attributes).Text(text).End();

    /// <summary>Text.</summary>
    public HtmlWriter Text(string text)
    {
        _text.AppendMarkup(text);
        return this;
    }

    /// <summary>Markup made by this program: a style sheet, a drawing.</summary>
    public HtmlWriter Raw(string markup)
    {
        _text.Append(markup);
        return this;
    }

    /// <summary>The document.</summary>
    /// <exception cref="InvalidOperationException">An element is still open.</exception>
    public override string ToString() =>
        _open.Count == 0 ? _text.ToString() : throw new InvalidOperationException($"The element '{_open.Peek()}' is still open.");

    private void Open(string tag, ReadOnlySpan<(string Name, string Value)> attributes, string end = ">")
    {
        _text.Append('<').Append(tag);
        foreach ((string name, string value) in attributes)
        {
            _text.Append(' ').Append(name).Append("=\"");
            Text(value);
            _text.Append('"');
        }

        _text.Append(end);
    }
}
