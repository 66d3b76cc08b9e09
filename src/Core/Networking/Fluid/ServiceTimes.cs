using SchedBench.Core.Randomness;

namespace SchedBench.Core.Networking;

/// <summary>What a queue needs to know of the time that a request takes: mean, squared coefficient of variation, and slices for its quantiles.</summary>
/// <remarks>Taken from the distribution's quantiles at 1,024 fixed places u = 1 − (1 − v)⁴, v in the middles of equal cells: dense in the upper tail, where the second moment of a
/// skewed distribution lies. Only + − × /.</remarks>
internal sealed class ServiceTimes
{
    /// <summary>Slices that a distribution is cut into, the thinnest at its upper end.</summary>
    public const int SliceCount = 32;

    private const int Places = 1024;
    private readonly double[] _places = new double[Places + 1];

    public ServiceTimes(Distribution seconds)
    {
        for (int i = 0; i < Places; i++) _places[i] = At(seconds, (double)i / Places);
        _places[Places] = At(seconds, 1 - (0.5 / Places));
        Slices = [];
        double mass = 0, first = 0, second = 0;
        for (int slice = 0; slice < SliceCount; slice++)
        {
            double weight = 0, sum = 0, low = At(seconds, (double)slice / SliceCount), high = At(seconds, Math.Min((slice + 1.0) / SliceCount, 1 - (0.5 / Places)));
            for (int k = 0; k < Places / SliceCount; k++)
            {
                double v = ((slice * (Places / SliceCount)) + k + 0.5) / Places, rest = 1 - v, value = At(seconds, v);
                double share = rest * rest * rest;
                weight += share;
                sum += share * value;
                second += share * value * value;
            }

            mass += weight;
            first += sum;
            if (Slices.Count > 0 && low == high && Slices[^1].High == low && Slices[^1].Low == low) Slices[^1] = Slices[^1] with { Weight = Slices[^1].Weight + weight };
            else Slices.Add(new Slice(low == high ? low : sum / weight, weight, low, high));
        }

        for (int i = 0; i < Slices.Count; i++) Slices[i] = Slices[i] with { Weight = Slices[i].Weight / mass };
        Mean = first / mass;
        Scv = Mean <= 0 ? 0 : Math.Max(0, (second / mass / (Mean * Mean)) - 1);
    }

    /// <summary>Waits behind such times relative to exponential ones.</summary>
    public MeasuredWaits Waits => field ??= new MeasuredWaits(this);

    /// <summary>A time by its place in the distribution, straight between the places that are known.</summary>
    /// <param name="uniform">0 ≤ u &lt; 1.</param>
    public double Sample(double uniform)
    {
        double place = (1 - Math.Sqrt(Math.Sqrt(1 - uniform))) * Places;
        int low = Math.Min((int)place, Places - 1);
        return _places[low] + ((place - low) * (_places[low + 1] - _places[low]));
    }

    /// <summary>Mean, in seconds.</summary>
    public double Mean { get; }

    /// <summary>Variance over the square of the mean.</summary>
    public double Scv { get; }

    /// <summary>The distribution as weighted slices, ascending; weights sum to 1.</summary>
    public List<Slice> Slices { get; }

    /// <summary>A slice of the distribution.</summary>
    /// <param name="Seconds">Its mean.</param>
    /// <param name="Weight">Its share.</param>
    /// <param name="Low">Its lower end.</param>
    /// <param name="High">Its upper end.</param>
    public readonly record struct Slice(double Seconds, double Weight, double Low, double High)
    {
        /// <summary>Share of the slice above a bound, taken as even between its ends.</summary>
        public double Above(double bound) => High <= bound ? 0 : Low >= bound ? 1 : (High - bound) / (High - Low);
    }

    private static double At(Distribution seconds, double v)
    {
        double rest = 1 - v;
        return Math.Max(0, seconds.Quantile(1 - (rest * rest * rest * rest)));
    }
}
