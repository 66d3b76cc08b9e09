using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using SchedBench.Core.Scheduling;

namespace SchedBench.Experiments.External;

/// <summary>A child process that is asked line by line: one line in, one line out, each within a time and a length. Whatever it does, it costs no more than that.</summary>
/// <remarks>Its standard output is read by a thread of its own into a bounded buffer; of its standard error the end is kept for messages. It ends with <see cref="Dispose"/>, its children with it.</remarks>
internal sealed class StrategyProcess : IDisposable
{
    private const int ErrorTailBytes = 4096;
    private const int WaitingLines = 16;
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);
    private readonly Process _process;
    private readonly TimeProvider _time;
    private readonly int _maxLineBytes;
    private readonly BlockingCollection<string> _lines = new(WaitingLines);
    private readonly Thread _reader;
    private readonly Lock _errorLock = new();
    private readonly byte[] _errorTail = new byte[ErrorTailBytes];
    private int _errorLength;
    private volatile string? _trouble;

    private StrategyProcess(Process process, TimeProvider time, int maxLineBytes)
    {
        (_process, _time, _maxLineBytes) = (process, time, maxLineBytes);
        _reader = Start(ReadLines, "output");
        Start(ReadErrors, "errors");
    }

    /// <summary>Real seconds that the last exchange took.</summary>
    public double LastSeconds { get; private set; }

    /// <summary>Starts a program.</summary>
    /// <exception cref="StrategyFaultException">It cannot be started.</exception>
    public static StrategyProcess Start(IReadOnlyList<string> command, string folder, IReadOnlyDictionary<string, string> environment, TimeProvider time, int maxLineBytes)
    {
        var start = new ProcessStartInfo(ProgramSearch.Find(command[0], folder) ?? command[0])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        foreach (string argument in command.Skip(1)) start.ArgumentList.Add(argument);
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        try
        {
            return new StrategyProcess(Process.Start(start)!, time, maxLineBytes);
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException or IOException)
        {
            throw new StrategyFaultException($"the strategy process '{command[0]}' cannot be started: {error.Message}");
        }
    }

    /// <summary>Writes lines and waits for the answer to the last of them.</summary>
    /// <exception cref="StrategyFaultException">It wrote without being asked, too much, or nothing in time, or has ended.</exception>
    public string Ask(string lines, TimeSpan timeout)
    {
        if (_lines.TryTake(out string? early)) throw new StrategyFaultException($"the strategy process wrote without being asked: {Shown(early)}");
        long begun = _time.GetTimestamp();
        try
        {
            byte[] bytes = Encoding.UTF8.GetBytes(lines);
            Task written = _process.StandardInput.BaseStream.WriteAsync(bytes, 0, bytes.Length);
            if (!written.Wait(timeout)) throw new StrategyFaultException($"the strategy process read nothing for {timeout.TotalSeconds:0.###} s");
            _process.StandardInput.BaseStream.Flush();
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or AggregateException { InnerException: IOException })
        {
            throw new StrategyFaultException(Ended());
        }

        TimeSpan left = timeout - _time.GetElapsedTime(begun);
        string? answer = null;
        bool isThere = left > TimeSpan.Zero && _lines.TryTake(out answer, left);
        LastSeconds = _time.GetElapsedTime(begun).TotalSeconds;
        if (isThere) return answer!;
        if (_trouble is { } trouble) throw new StrategyFaultException(trouble);
        throw new StrategyFaultException(_lines.IsCompleted ? Ended() : $"the strategy process gave no answer within {timeout.TotalSeconds:0.###} s");
    }

    /// <summary>Says goodbye and ends the process and its children.</summary>
    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended or does not read: then it is ended.
        }

        if (_trouble is not null || !_process.WaitForExit(Farewell))
        {
            try
            {
                _process.Kill(entireProcessTree: true);
                _process.WaitForExit(Farewell);
            }
            catch (InvalidOperationException)
            {
                // It ended meanwhile.
            }
        }

        _process.Dispose();
    }

    /// <summary>Ends the process at once, before <see cref="Dispose"/>: it did not keep to the protocol.</summary>
    public void GiveUp(string why) => _trouble ??= why;

    /// <summary>The start of a line, for messages.</summary>
    public static string Shown(string line) => line.Length <= 120 ? $"'{line}'" : $"'{line[..120]}…'";

    private string Ended()
    {
        _process.WaitForExit(Farewell);
        // What it wrote before it ended may say more than that it did.
        _reader.Join(Farewell);
        if (_trouble is { } trouble) return trouble;
        string how = _process.HasExited ? $"the strategy process has ended with exit code {_process.ExitCode}" : "the strategy process has closed its output";
        string tail = ErrorTail();
        return tail.Length == 0 ? how : $"{how}; its last words: {tail}";
    }

    private string ErrorTail()
    {
        lock (_errorLock)
        {
            string text = Encoding.UTF8.GetString(_errorTail, 0, _errorLength).Trim();
            string[] lines = text.Split('\n');
            return string.Join(" | ", lines[Math.Max(0, lines.Length - 3)..].Select(line => line.Trim()));
        }
    }

    private static Thread Start(ThreadStart work, string name)
    {
        var thread = new Thread(work) { IsBackground = true, Name = "strategy process " + name };
        thread.Start();
        return thread;
    }

    private void ReadLines()
    {
        try
        {
            Stream output = _process.StandardOutput.BaseStream;
            byte[] chunk = new byte[1 << 16];
            var line = new List<byte>();
            for (int read = output.Read(chunk); read > 0; read = output.Read(chunk))
            {
                foreach (byte value in chunk.AsSpan(0, read))
                {
                    if (value != '\n')
                    {
                        line.Add(value);
                        if (line.Count > _maxLineBytes) GiveUp($"the strategy process wrote a line of more than {_maxLineBytes} bytes");
                        if (_trouble is not null) return;
                        continue;
                    }

                    if (!_lines.TryAdd(Encoding.UTF8.GetString([.. line]).TrimEnd('\r')))
                    {
                        GiveUp($"the strategy process wrote more than {WaitingLines} lines without being asked");
                        return;
                    }

                    line.Clear();
                }
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The process is gone: whoever asks next hears of it.
        }
        finally
        {
            _lines.CompleteAdding();
        }
    }

    private void ReadErrors()
    {
        try
        {
            Stream errors = _process.StandardError.BaseStream;
            byte[] chunk = new byte[ErrorTailBytes];
            for (int read = errors.Read(chunk); read > 0; read = errors.Read(chunk))
            {
                lock (_errorLock)
                {
                    int kept = Math.Min(_errorLength, ErrorTailBytes - read);
                    Array.Copy(_errorTail, _errorLength - kept, _errorTail, 0, kept);
                    chunk.AsSpan(0, read).CopyTo(_errorTail.AsSpan(kept));
                    _errorLength = kept + read;
                }
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // As for the output.
        }
    }
}
