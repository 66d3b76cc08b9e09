using SchedBench.Core.Arrivals;
using SchedBench.Core.Input;
using SchedBench.Workloads.Readers;

namespace SchedBench.Workloads.Tests.Readers;

/// <summary>Reads small files through a reader of the catalog.</summary>
public abstract class TraceReaderFixture : IDisposable
{
    internal Scratch Scratch { get; } = new();

    public void Dispose()
    {
        Scratch.Dispose();
        GC.SuppressFinalize(this);
    }

    internal TraceContents Read(string format, string text, TraceReadOptions? options = null, string name = "trace.csv") =>
        TraceReaderCatalog.Get(format, "test").Read(Scratch.File(name, text), (options ?? new TraceReadOptions()) with { DisplayName = name });

    /// <summary>The one problem of a file that cannot be used.</summary>
    internal InputProblem Reject(string format, string text, TraceReadOptions? options = null) =>
        Assert.Single(Assert.Throws<InputException>(() => Read(format, text, options)).Problems);

    internal NodeContents ReadNodes(string format, string text, string name = "nodes.csv") =>
        NodeReaderCatalog.Get(format, "test").Read(Scratch.File(name, text), new TraceReadOptions { DisplayName = name });

    internal InputProblem RejectNodes(string format, string text) =>
        Assert.Single(Assert.Throws<InputException>(() => ReadNodes(format, text)).Problems);

    internal static PodArrival[] Pods(TraceContents contents) => contents.Workload.Pods.ToArray();
}
