namespace SchedBench.Schedulers.Catalog;

/// <summary>The configuration file of a strategy, read into memory: what is run is what was checked.</summary>
/// <param name="Name">The file as the experiment names it, for messages.</param>
/// <param name="Text">Its text.</param>
public sealed record StrategyFile(string Name, string Text)
{
    /// <summary>Its folder, where what it names is looked for. No part of what results are a function of.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Equal where name and text are.</summary>
    public bool Equals(StrategyFile? other) => other is not null && Name == other.Name && Text == other.Text;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Text);
}
