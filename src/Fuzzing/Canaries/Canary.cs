using SchedBench.Fuzzing.Play;

namespace SchedBench.Fuzzing.Canaries;

/// <summary>A bug that is planted on purpose, to prove that the fuzzer finds, shrinks and repeats it. The product is not touched: a run of a canary has it put in from outside.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Bug">What goes wrong, in a line.</param>
/// <param name="Breaks">Kind of the failure that it has to be found by, as <see cref="FuzzFailure.Kind"/>.</param>
/// <param name="Seams">The bug.</param>
public sealed record Canary(string Name, string Bug, string Breaks, FuzzSeams Seams);
