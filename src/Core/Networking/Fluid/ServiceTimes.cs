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

    public ServiceTimes(Distribution seconds)
    {
        Slices = [];
        double mass = 0, first = 0, second = 0;
        for (int slice = 0; slice < SliceCount; slice++)
        {
            double weight = 0, sum = 0;
            for (int k = 0; k < Places / SliceCount; k++)
            {
                double rest = 1 - ((((slice * (Places / SliceCount)) + k) + 0.5) / Places);
                double value = Math.Max(0, seconds.Quantile(1 - (rest * rest * rest * rest)));
                double share = rest * rest * rest;
                weight += share;
                sum += share * value;
                second += share * value * value;
            }

            mass += weight;
            first += sum;
            if (Slices.Count > 0 && Slices[^1].Seconds == sum / weight) Slices[^1] = (Slices[^1].Seconds, Slices[^1].Weight + weight);
            else Slices.Add((sum / weight, weight));
        }

        for (int i = 0; i < Slices.Count; i++) Slices[i] = (Slices[i].Seconds, Slices[i].Weight / mass);
        Mean = first / mass;
        Scv = Mean <= 0 ? 0 : Math.Max(0, (second / mass / (Mean * Mean)) - 1);
    }

    /// <summary>Mean, in seconds.</summary>
    public double Mean { get; }

    /// <summary>Variance over the square of the mean.</summary>
    public double Scv { get; }

    /// <summary>The distribution as weighted points, ascending; weights sum to 1.</summary>
    public List<(double Seconds, double Weight)> Slices { get; }
}
