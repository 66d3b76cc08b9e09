using System.Globalization;
using System.Text;

namespace SchedBench.Reporting.Charts.Pdf;

/// <summary>Objects, cross-reference table and trailer of a PDF 1.7 file (ISO 32000-1). No dates, no identifiers, no compression: deflate may give other bytes
/// in the next runtime, and a figure is small.</summary>
internal sealed class PdfFile
{
    private readonly List<byte[]> _objects = [];

    /// <summary>Reserves a number for an object that refers to later ones.</summary>
    public int Reserve()
    {
        _objects.Add([]);
        return _objects.Count;
    }

    /// <summary>Fills a reserved object.</summary>
    public void Set(int number, string body) => _objects[number - 1] = Encoding.Latin1.GetBytes(body);

    /// <summary>Adds an object and returns its number.</summary>
    public int Add(string body)
    {
        int number = Reserve();
        Set(number, body);
        return number;
    }

    /// <summary>Adds a stream with further <paramref name="entries"/> in its dictionary and returns its number.</summary>
    public int AddStream(string entries, byte[] data)
    {
        int number = Reserve();
        string space = entries.Length > 0 ? " " : "";
        byte[] head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"<< /Length {data.Length}{space}{entries} >>\nstream\n"));
        _objects[number - 1] = [.. head, .. data, .. "\nendstream"u8];
        return number;
    }

    /// <summary>The whole file.</summary>
    public byte[] Finish(int root, int info)
    {
        using var file = new MemoryStream();
        Write("%PDF-1.7\n%\u00E2\u00E3\u00CF\u00D3\n");
        var offsets = new List<long>();
        for (int i = 0; i < _objects.Count; i++)
        {
            offsets.Add(file.Length);
            Write(string.Create(CultureInfo.InvariantCulture, $"{i + 1} 0 obj\n"));
            file.Write(_objects[i]);
            Write("\nendobj\n");
        }

        long table = file.Length;
        Write(string.Create(CultureInfo.InvariantCulture, $"xref\n0 {_objects.Count + 1}\n0000000000 65535 f \n"));
        foreach (long offset in offsets) Write(string.Create(CultureInfo.InvariantCulture, $"{offset:D10} 00000 n \n"));
        Write(string.Create(CultureInfo.InvariantCulture, $"trailer\n<< /Size {_objects.Count + 1} /Root {root} 0 R /Info {info} 0 R >>\nstartxref\n{table}\n%%EOF\n"));
        return file.ToArray();

        void Write(string text) => file.Write(Encoding.Latin1.GetBytes(text));
    }

    /// <summary>A text string outside of the page: plain when it is ASCII, else UTF-16.</summary>
    public static string TextString(string text)
    {
        if (!text.All(c => c is >= ' ' and < '\u007F')) return "<FEFF" + Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text)) + ">";
        return "(" + text.Replace("\\", "\\\\").Replace("(", "\\(").Replace(")", "\\)") + ")";
    }
}
