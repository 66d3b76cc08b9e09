using SchedBench.Core.Controllers;

namespace SchedBench.Core.Faults;

/// <summary>Nodes are drained, worked on and given back (<c>kubectl drain</c>, <c>kubectl uncordon</c>): the work lasts as long as the fault, from its beginning on.</summary>
/// <param name="Options">How they are drained.</param>
public sealed record DrainEffect(DrainOptions Options) : WorldEffect
{
    /// <inheritdoc/>
    public override WorldEffectKind Kind => WorldEffectKind.Operation;
}

/// <summary>A provider takes machines back: it says so, whoever watches for that taints and drains them, and then they are off; afterwards they come back.</summary>
/// <param name="Notice">Time between the word and the end: 120 s with AWS, 30 s with Azure and Google Cloud.</param>
public sealed record ReclaimEffect(TimeSpan Notice) : WorldEffect
{
    /// <inheritdoc/>
    public override WorldEffectKind Kind => WorldEffectKind.Operation;
}

/// <summary>A Deployment gets a multiple of its pods, and back.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Deployment">Its name.</param>
/// <param name="Factor">How many times as many, rounded up.</param>
public sealed record SurgeEffect(string Namespace, string Deployment, double Factor) : WorldEffect
{
    /// <inheritdoc/>
    public override WorldEffectKind Kind => WorldEffectKind.Operation;
}

/// <summary>A Deployment gets a version that does not work; its template of before comes back afterwards.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Deployment">Its name.</param>
/// <param name="Tag">Tag of the images of the bad version.</param>
/// <param name="Crashes">Whether its containers end at once, again and again; otherwise they run and never become ready.</param>
public sealed record BadRolloutEffect(string Namespace, string Deployment, string Tag, bool Crashes) : WorldEffect
{
    /// <inheritdoc/>
    public override WorldEffectKind Kind => WorldEffectKind.Operation;
}
