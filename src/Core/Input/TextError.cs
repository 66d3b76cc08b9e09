namespace SchedBench.Core.Input;

/// <summary>What is wrong inside a short text such as a quantity or a duration, for the caller to wrap with file and field.</summary>
/// <param name="Position">Zero-based index of the first character that does not belong; the text's length when something is missing at the end.</param>
/// <param name="Expected">What was expected, as a sentence fragment in the form of <see cref="InputProblem.Expected"/>.</param>
public readonly record struct TextError(int Position, string Expected);
