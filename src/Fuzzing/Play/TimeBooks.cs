using SchedBench.Core.Recording;
using SchedBench.Core.Time;

namespace SchedBench.Fuzzing.Play;

/// <summary>Facts carry the instant at which they happen (invariant 42).</summary>
internal sealed class TimeBooks(EventLoop loop) : IFactObserver
{
    /// <inheritdoc/>
    public void Observe(in Fact fact)
    {
        if (fact.At != loop.Now) throw new FuzzCheckException(42, $"the fact {fact.Kind} carries {fact.At} at {loop.Now}");
    }
}
