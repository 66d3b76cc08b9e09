namespace SchedBench.Schedulers.Catalog;

/// <summary>The configuration file of a strategy, read into memory: what is run is what was checked.</summary>
/// <param name="Name">The file as the experiment names it, for messages.</param>
/// <param name="Text">Its text.</param>
public sealed record StrategyFile(string Name, string Text);
