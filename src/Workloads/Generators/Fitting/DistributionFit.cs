using SchedBench.Core.Randomness;

namespace SchedBench.Workloads.Generators.Fitting;

/// <summary>One distribution fitted to a sample by maximum likelihood.</summary>
/// <param name="Distribution">The distribution with its estimated parameters, to six digits.</param>
/// <param name="LogLikelihood">Logarithm of the likelihood at the estimate.</param>
/// <param name="Aic">Akaike's criterion: 2·parameters − 2·log-likelihood; smaller is better.</param>
/// <param name="KolmogorovSmirnov">Largest distance between the sample's distribution function and the fitted one, 0 to 1.</param>
public sealed record DistributionFit(Distribution Distribution, double LogLikelihood, double Aic, double KolmogorovSmirnov);

/// <summary>The fits of several families to one sample.</summary>
/// <param name="Count">Number of values.</param>
/// <param name="Fits">The families in rising order of Akaike's criterion: the first is the one to take.</param>
public sealed record SampleFit(int Count, IReadOnlyList<DistributionFit> Fits)
{
    /// <summary>The family of the smallest criterion.</summary>
    public DistributionFit Best => Fits[0];
}
