using System.Diagnostics.CodeAnalysis;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Chaos.Plans;

/// <summary>An instant of a run that may depend upon when guards are over: a known one, the end of a guard and some time more, the latest or the earliest of several. Immutable.</summary>
/// <remarks>
/// As text: <code>
/// moment := DURATION | end(NAME) + DURATION | latest(moment, moment, …) | earliest(moment, moment, …)
/// </code>
/// Names have no parentheses.
/// </remarks>
public sealed record Moment
{
    private const string EndOf = "end(";
    private const int MostDepth = 100;

    private enum Kind
    {
        Known,
        End,
        Latest,
        Earliest,
    }

    private Kind Is { get; init; }

    /// <summary>The instant, or the time after the end of the guard.</summary>
    private TimeSpan Time { get; init; }

    private string Guard { get; init; } = "";

    private ValueList<Moment> Parts { get; init; } = [];

    /// <summary>Whether it depends upon nothing.</summary>
    public bool IsKnown => Is == Kind.Known;

    /// <summary>Guards that it depends upon.</summary>
    public IEnumerable<string> Guards => Is == Kind.End ? [Guard] : Parts.SelectMany(part => part.Guards).Distinct(StringComparer.Ordinal);

    /// <summary>A known instant.</summary>
    public static Moment At(TimeSpan time) => new() { Time = time };

    /// <summary>The end of a guard.</summary>
    public static Moment End(string guard) => new() { Is = Kind.End, Guard = guard };

    /// <summary>Some time later; what is beyond all instants stays there.</summary>
    public Moment Plus(TimeSpan time) => Parts.Count > 0 ? this with { Parts = [.. Parts.Select(part => part.Plus(time))] } : this with { Time = Sum(Time, time) };

    /// <summary>The later of two.</summary>
    public static Moment Latest(Moment left, Moment right) => Combine(Kind.Latest, left, right);

    /// <summary>The earlier of two.</summary>
    public static Moment Earliest(Moment left, Moment right) => Combine(Kind.Earliest, left, right);

    /// <summary>The instant, given when guards are over.</summary>
    /// <param name="endOf">When a guard was over; null while it goes on.</param>
    /// <returns>Null as long as it depends upon a guard that goes on.</returns>
    public TimeSpan? Resolve(Func<string, TimeSpan?> endOf)
    {
        if (Is == Kind.Known) return Time;
        if (Is == Kind.End) return endOf(Guard) is { } end ? Sum(end, Time) : null;
        TimeSpan? found = null;
        foreach (Moment part in Parts)
        {
            if (part.Resolve(endOf) is not { } time) return null;
            if (found is null || (Is == Kind.Latest ? time > found : time < found)) found = time;
        }

        return found;
    }

    /// <inheritdoc/>
    public override string ToString() => Is switch
    {
        Kind.Known => DurationText.Format(Time),
        Kind.End => Time == TimeSpan.Zero ? $"{EndOf}{Guard})" : $"{EndOf}{Guard}) + {DurationText.Format(Time)}",
        _ => $"{(Is == Kind.Latest ? "latest" : "earliest")}({string.Join(", ", Parts)})",
    };

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Moment? moment)
    {
        int at = 0;
        moment = Parse(text, ref at, 0);
        if (at < text.Length) moment = null;
        return moment is not null;
    }

    private static Moment? Parse(string text, ref int at, int depth)
    {
        if (depth > MostDepth) return null;
        if (Takes(text, ref at, EndOf)) return ParseEnd(text, ref at);
        Kind kind = Takes(text, ref at, "latest(") ? Kind.Latest : Takes(text, ref at, "earliest(") ? Kind.Earliest : Kind.Known;
        if (kind == Kind.Known) return ParseTime(text, ref at) is { } time ? At(time) : null;
        var parts = new List<Moment>();
        do
        {
            if (Parse(text, ref at, depth + 1) is not { } part) return null;
            parts.Add(part);
        }
        while (Takes(text, ref at, ", "));
        return Takes(text, ref at, ")") ? new Moment { Is = kind, Parts = [.. parts] } : null;
    }

    private static Moment? ParseEnd(string text, ref int at)
    {
        int close = text.IndexOf(')', at);
        if (close <= at) return null;
        Moment end = End(text[at..close]);
        at = close + 1;
        if (!Takes(text, ref at, " + ")) return end;
        return ParseTime(text, ref at) is { } time ? end.Plus(time) : null;
    }

    private static TimeSpan? ParseTime(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiLetterOrDigit(text[at])) at++;
        return DurationText.TryParse(text.AsSpan(start, at - start), out TimeSpan time, out _) ? time : null;
    }

    private static bool Takes(string text, ref int at, string word)
    {
        if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0) return false;
        at += word.Length;
        return true;
    }

    private static Moment Combine(Kind kind, Moment left, Moment right)
    {
        Moment[] parts = [.. PartsOf(left).Concat(PartsOf(right)).Distinct()], known = [.. parts.Where(part => part.IsKnown)];
        if (known.Length > 1) parts = [.. parts.Where(part => !part.IsKnown), At(kind == Kind.Latest ? known.Max(part => part.Time) : known.Min(part => part.Time))];
        return parts.Length == 1 ? parts[0] : new Moment { Is = kind, Parts = [.. parts] };

        IEnumerable<Moment> PartsOf(Moment moment) => moment.Is == kind ? moment.Parts : [moment];
    }

    private static TimeSpan Sum(TimeSpan left, TimeSpan right) => right > TimeSpan.MaxValue - left ? TimeSpan.MaxValue : left + right;
}
