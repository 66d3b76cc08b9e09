using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Core.Resources;

namespace SchedBench.Workloads.Readers;

/// <summary>The settings of <see cref="TraceReadOptions"/> that experiment files and the command line may state by name, beside format and path.</summary>
/// <remarks>
/// <list type="table">
/// <item><term><c>memoryUnit</c></term><description>swf: <c>kilobytes</c> (default) or <c>bytes</c></description></item>
/// <item><term><c>memoryScope</c></term><description>swf: <c>processor</c> (default) or <c>job</c></description></item>
/// <item><term><c>cpuPerGpu</c></term><description>philly: a quantity, default <c>6</c></description></item>
/// <item><term><c>memoryPerGpu</c></term><description>philly: a quantity, default <c>56Gi</c></description></item>
/// <item><term><c>seed</c></term><description>synthetic: a whole number of 64 bits, default the one in the file</description></item>
/// </list>
/// </remarks>
public static class TraceSettings
{
    internal const string MemoryUnit = "memoryUnit", MemoryScope = "memoryScope", CpuPerGpu = "cpuPerGpu", MemoryPerGpu = "memoryPerGpu", Seed = "seed";

    /// <summary>Applies one setting.</summary>
    /// <param name="reader">Reader whose trace it is for.</param>
    /// <param name="setting">Name of the setting.</param>
    /// <param name="value">Its value as written.</param>
    /// <param name="options">Changed when the setting is good.</param>
    /// <returns>What is wrong, with <see cref="InputProblem.File"/> left empty for the caller to fill in; or <see langword="null"/>.</returns>
    public static InputProblem? Apply(ITraceReader reader, string setting, string value, ref TraceReadOptions options)
    {
        if (!reader.Settings.Contains(setting, StringComparer.Ordinal))
        {
            string known = reader.Settings.Count == 0 ? $"the format {reader.Format} has no settings" : $"expected a setting of the format {reader.Format}: {string.Join(", ", reader.Settings)}";
            return new InputProblem("", 0, 0, setting, null, known, NearestName.Find(setting, reader.Settings));
        }

        switch (setting)
        {
            case MemoryUnit when value is "kilobytes" or "bytes":
                options = options with { SwfMemoryUnit = value is "bytes" ? SwfMemoryUnit.Bytes : SwfMemoryUnit.Kilobytes };
                return null;
            case MemoryUnit:
                return Problem("expected kilobytes or bytes", ["kilobytes", "bytes"]);
            case MemoryScope when value is "processor" or "job":
                options = options with { SwfMemoryScope = value is "job" ? SwfMemoryScope.Job : SwfMemoryScope.Processor };
                return null;
            case MemoryScope:
                return Problem("expected processor or job", ["processor", "job"]);
            case CpuPerGpu:
                if (!Quantity.TryParse(value, out Quantity cpu, out TextError cpuError)) return Problem(cpuError.Expected, []);
                if (cpu.Sign < 0 || !cpu.TryGetMilli(out long milli, out _)) return Problem("expected an amount of CPU from 0 to 2^63−1 milli", []);
                options = options with { PhillyCpuMilliPerGpu = milli };
                return null;
            case Seed:
                bool isPlain = value.Length > 0 && !value.AsSpan().ContainsAnyExceptInRange('0', '9');
                if (!isPlain || !ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)) return Problem($"expected a whole number from 0 to {ulong.MaxValue}", []);
                options = options with { SyntheticSeed = seed };
                return null;
            default:
                if (!Quantity.TryParse(value, out Quantity memory, out TextError memoryError)) return Problem(memoryError.Expected, []);
                if (memory.Sign < 0 || !memory.TryGetUnits(out long bytes, out _)) return Problem("expected an amount of memory from 0 to 2^63−1 bytes", []);
                options = options with { PhillyMemoryBytesPerGpu = bytes };
                return null;
        }

        InputProblem Problem(string expected, string[] valid) => new("", 0, 0, setting, value, expected, NearestName.Find(value, valid));
    }
}
