using SchedBench.Reporting.Charts.Drawing;

namespace SchedBench.Reporting.Charts.Layout;

/// <summary>Colours for values. Lightness falls steadily along a one-sided scale and towards both ends of a two-sided one, so both survive grey printing
/// (a two-sided scale loses its sign there) and neither sets red against green.</summary>
internal sealed class ColorScale
{
    private static readonly Rgb[] OneSided = [new(0xF1, 0xF6, 0xFA), new(0x9C, 0xC9, 0xE4), new(0x2E, 0x8B, 0xC0), new(0x00, 0x5A, 0x91), new(0x00, 0x26, 0x44)];
    private static readonly Rgb[] TwoSided = [new(0x6B, 0x2C, 0x00), new(0xD5, 0x5E, 0x00), new(0xF2, 0xB8, 0x8C), new(0xF6, 0xF6, 0xF6), new(0x8F, 0xC3, 0xE0), new(0x00, 0x72, 0xB2), new(0x00, 0x32, 0x55)];

    private readonly Rgb[] _stops;

    /// <summary>A scale over <paramref name="values"/>; symmetric around <paramref name="center"/> when there is one.</summary>
    public ColorScale(string title, DataRange values, double? center, int mostTicks)
    {
        _stops = center is null ? OneSided : TwoSided;
        if (center is { } middle)
        {
            double reach = values.IsEmpty ? 1 : Math.Max(Math.Abs(values.Max - middle), Math.Abs(values.Min - middle));
            if (!(reach > Math.Abs(middle) * 1e-9)) reach = middle == 0 ? 1 : Math.Abs(middle);
            values = new DataRange(middle - reach, middle + reach);
        }

        Axis = NumericAxis.Create(new AxisSpec(title), values, AxisEnds.Exact, mostTicks);
    }

    /// <summary>Where values stand on the scale, with ticks.</summary>
    public NumericAxis Axis { get; }

    /// <summary>The colours from the lowest value to the highest, at equal distances.</summary>
    public IReadOnlyList<Rgb> Stops => _stops;

    /// <summary>The colour of a value.</summary>
    public Rgb Of(double value) => At(Axis.At(value));

    /// <summary>The colour at a position 0..1.</summary>
    public Rgb At(double position)
    {
        double place = Math.Clamp(position, 0, 1) * (_stops.Length - 1);
        int below = Math.Min((int)place, _stops.Length - 2);
        return Rgb.Mix(_stops[below], _stops[below + 1], place - below);
    }

    /// <summary>Black or white, whichever reads better on <paramref name="background"/>.</summary>
    public static Rgb TextOn(Rgb background) => (0.299 * background.R) + (0.587 * background.G) + (0.114 * background.B) > 140 ? Rgb.Black : Rgb.White;
}
