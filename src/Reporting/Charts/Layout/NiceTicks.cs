using System.Globalization;

namespace SchedBench.Reporting.Charts.Layout;

/// <summary>Round numbers for linear axes: multiples of 1, 2 or 5 times a power of ten.</summary>
/// <remarks>A tick is computed as one multiplication or division of exact numbers, never by adding steps, so 0.3 prints as 0.3.</remarks>
/// <param name="Mantissa">1, 2 or 5.</param>
/// <param name="Exponent">Power of ten; the step is Mantissa · 10^Exponent.</param>
/// <param name="First">Number of the first tick; its value is First · step.</param>
/// <param name="Last">Number of the last tick.</param>
internal readonly record struct NiceTicks(int Mantissa, int Exponent, long First, long Last)
{
    private static readonly int[] Mantissas = [1, 2, 5];

    /// <summary>How many ticks there are.</summary>
    public int Count => (int)(Last - First + 1);

    /// <summary>The finest ticks of which at most <paramref name="mostTicks"/> are needed to reach from at or below <paramref name="min"/> to at or above <paramref name="max"/>.</summary>
    /// <param name="min">Below <paramref name="max"/> by at least a billionth of the larger magnitude.</param>
    /// <param name="max">Upper end.</param>
    /// <param name="mostTicks">At least 3: a range across zero needs a tick at zero and one at either side.</param>
    public static NiceTicks Covering(double min, double max, int mostTicks) => FromFinest(min, max, mostTicks).First(ticks => ticks.Count <= mostTicks);

    /// <summary>The finest ticks of which at most <paramref name="mostTicks"/> lie within the range; the others are left out. A scale needs two numbers:
    /// where the next coarser step would leave fewer, there may be up to six ticks.</summary>
    public static NiceTicks Inside(double min, double max, int mostTicks)
    {
        NiceTicks finer = default;
        foreach (NiceTicks ticks in FromFinest(min, max, mostTicks).Select(ticks => ticks.Within(min, max)))
        {
            if (ticks.Count < 2) return finer;
            if (ticks.Count <= mostTicks) return ticks;
            finer = ticks;
        }

        return finer;
    }

    /// <summary>The same steps, without the ticks outside the range.</summary>
    public NiceTicks Within(double min, double max)
    {
        long first = Value(First) < min ? First + 1 : First, last = Value(Last) > max ? Last - 1 : Last;
        return this with { First = first, Last = last };
    }

    /// <summary>Covering ticks of ever larger steps, the first of them too many.</summary>
    private static IEnumerable<NiceTicks> FromFinest(double min, double max, int mostTicks)
    {
        for (int exponent = Decades.FloorLog10((max - min) / mostTicks); ; exponent++)
        {
            foreach (int mantissa in Mantissas)
            {
                var ticks = new NiceTicks(mantissa, exponent, 0, 0);
                yield return ticks with { First = ticks.NumberAtOrBelow(min), Last = ticks.NumberAtOrAbove(max) };
            }
        }
    }

    /// <summary>The value of tick <paramref name="number"/>.</summary>
    public double Value(long number) => Exponent >= 0 ? number * Mantissa * Decades.Power(Exponent) : number * Mantissa / Decades.Power(-Exponent);

    /// <summary>What stands beside tick <paramref name="number"/>: all ticks of an axis share decimals and unit letter.</summary>
    public string Label(long number)
    {
        double largest = Math.Max(Math.Abs(Value(First)), Math.Abs(Value(Last)));
        (int power, string letter) = Unit(largest);
        if (power == int.MinValue) return TickText.Scientific(number * Mantissa, Exponent);
        if (number == 0) return "0";
        int decimals = Math.Max(0, power - Exponent);
        double scaled = Value(number) / Decades.Power(power);
        return TickText.Minus(scaled.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)) + letter;
    }

    /// <summary>Plain numbers up to 10,000; then k, M, G, T; beyond those and for tiny steps, powers of ten.</summary>
    private (int Power, string Letter) Unit(double largest) => largest switch
    {
        _ when Exponent < -6 => (int.MinValue, ""),
        <= 10_000 => (0, ""),
        < 1e6 => (3, "k"),
        < 1e9 => (6, "M"),
        < 1e12 => (9, "G"),
        < 1e15 => (12, "T"),
        _ => (int.MinValue, ""),
    };

    private long NumberAtOrBelow(double value)
    {
        long number = (long)Math.Floor(value / StepValue);
        while (Value(number) > value) number--;
        while (Value(number + 1) <= value) number++;
        return number;
    }

    private long NumberAtOrAbove(double value)
    {
        long number = NumberAtOrBelow(value);
        return Value(number) < value ? number + 1 : number;
    }

    private double StepValue => Value(1);
}
