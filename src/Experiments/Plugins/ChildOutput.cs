using System.Text;

namespace SchedBench.Experiments.Plugins;

/// <summary>Reads what a child process prints until it ends, whatever and however much it is, and keeps the last lines.</summary>
/// <remarks>Bounded: a few short lines stay, a line without end is cut. Reading goes on in the background when somebody else holds the stream open.</remarks>
internal sealed class ChildOutput
{
    private const int LinesKept = 5;
    private const int LongestLine = 200;
    private readonly Queue<string> _lines = new();
    private readonly StringBuilder _line = new();
    private readonly Thread _reader;

    /// <summary>Begins to read.</summary>
    /// <param name="stream">What the child prints.</param>
    /// <param name="keepsLines">Whether anybody wants to know; otherwise everything is thrown away.</param>
    public ChildOutput(StreamReader stream, bool keepsLines)
    {
        _reader = new Thread(() => Read(stream, keepsLines)) { IsBackground = true, Name = "child output" };
        _reader.Start();
    }

    /// <summary>Waits for the end of the stream, but not for ever: a process that the child left behind may hold it.</summary>
    public void WaitForEnd(TimeSpan longest) => _reader.Join(longest);

    /// <summary>The last lines, oldest first, without stacks: those name places on this machine and counts that differ from run to run, and results must hold neither.</summary>
    public string[] LastLines()
    {
        lock (_lines) return [.. _lines];
    }

    private void Read(StreamReader stream, bool keepsLines)
    {
        char[] buffer = new char[4096];
        try
        {
            for (int count; (count = stream.Read(buffer)) > 0;)
            {
                if (keepsLines) Take(buffer.AsSpan(0, count));
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // The stream is gone, and so is what it would have said.
        }

        EndLine();
    }

    private void Take(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (c is '\n' or '\r') EndLine();
            else if (_line.Length < LongestLine && !char.IsControl(c)) _line.Append(c);
        }
    }

    private void EndLine()
    {
        string line = _line.ToString().Trim();
        _line.Clear();
        if (line.Length == 0 || IsStack(line)) return;
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > LinesKept) _lines.Dequeue();
        }
    }

    private static bool IsStack(string line) =>
        line.StartsWith("at ", StringComparison.Ordinal) || line.StartsWith("--- ", StringComparison.Ordinal) || line.StartsWith("-----", StringComparison.Ordinal)
        || line.StartsWith("Repeat", StringComparison.Ordinal);
}
