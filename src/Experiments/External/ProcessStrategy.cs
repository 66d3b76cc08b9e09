using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Experiments.External;

/// <summary>A strategy in any language: a process that is asked for a node, or for scores, by lines of JSON over its standard input and output (<c>docs/strategy-protocol.md</c>).</summary>
/// <remarks>
/// The virtual clock waits for each answer. A process that hangs, dies, floods or answers nonsense costs the decision, which is refused and counted, and is ended; for the next decision it is started
/// anew and told how the cluster is, a few times, or the cell fails, as its file says. One process serves one cell.
/// </remarks>
[Strategy(Name, "Whatever a process of yours answers (JSON lines)")]
internal sealed class ProcessStrategy(ProcessStrategyConfig config, string folder, TimeProvider time) : ClusterStrategy, IExternalStrategy
{
    /// <summary>Name in experiments.</summary>
    public const string Name = "process";

    private readonly StrategyProtocol _protocol = new();
    private readonly List<double> _seconds = [];
    private readonly SortedDictionary<int, (int Shape, int Node)> _placed = [];
    private readonly HashSet<int> _shapesTold = [];
    private StrategyContext _context = null!;
    private StrategyProcess? _process;
    private NodeIndex[] _nodes = [];
    private long[] _scores = [];
    private TimeSpan _decisionTime;
    private long _questions;
    private int _starts;

    /// <inheritdoc/>
    public IReadOnlyList<double> AnswerSeconds => _seconds;

    /// <inheritdoc/>
    public TimeSpan TakeDecisionTime()
    {
        TimeSpan taken = _decisionTime;
        _decisionTime = TimeSpan.Zero;
        return taken;
    }

    /// <inheritdoc/>
    public override void Prepare(StrategyContext context)
    {
        _context = context;
        _nodes = new NodeIndex[context.View.Count];
        _scores = new long[context.View.Count];
    }

    /// <inheritdoc/>
    public override void OnPodPlaced(in PodRequest pod, NodeIndex node)
    {
        int shape = pod.Shape.Index.Value;
        _placed[pod.Pod.Value] = (shape, node.Value);
        // A process that is started later is told of what was placed before it.
        _shapes[shape] = pod.Shape.Spec;
        if (_process is null) return;
        Tell(in pod.Shape);
        _protocol.Placed(pod.Pod.Value, shape, node.Value);
    }

    /// <inheritdoc/>
    public override void OnPodRemoved(in PodRequest pod, NodeIndex node, PodRemovalReason reason)
    {
        _placed.Remove(pod.Pod.Value);
        if (_process is not null) _protocol.Removed(pod.Pod.Value, node.Value, $"{reason}");
    }

    /// <inheritdoc/>
    public override void OnNodeChanged(NodeIndex node)
    {
        if (_process is not null) _protocol.NodeChanged(_context.View, node);
    }

    /// <summary>What the process held in memory is lost with it.</summary>
    public override void Rebuild(ClusterView view) => End();

    /// <inheritdoc/>
    public override NodeIndex Choose(in PodRequest pod, FeasibleNodes feasible)
    {
        int count = feasible.CopyTo(_nodes);
        try
        {
            if (_process is null) Start();
            Tell(in pod.Shape);
            long id = ++_questions;
            _protocol.Decide(id, _context.Now, pod.Pod.Value, pod.Shape.Index.Value, pod.Attempt, _nodes[..count]);
            string line = _process!.Ask(_protocol.Take(), config.AnswerTimeout);
            Charge(_process.LastSeconds);
            return StrategyProtocol.Answer(line, id, _scores.AsSpan(0, count)) ?? feasible.BestOf(in pod, _nodes.AsSpan(0, count), _scores.AsSpan(0, count));
        }
        catch (StrategyFaultException fault)
        {
            _process?.GiveUp(fault.Message);
            End();
            if (config.OnFailure == ProcessFailureAction.Stop) throw new StrategyEndsRunException(fault.Message);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => End();

    private void Start()
    {
        if (_starts > config.Restarts) throw new StrategyFaultException($"the strategy process has failed {_starts} times and is not started any more");
        _starts++;
        _protocol.Take();
        _shapesTold.Clear();
        var environment = new Dictionary<string, string>
        {
            ["SCHEDBENCH_PROTOCOL"] = $"{StrategyProtocol.Version}",
            ["SCHEDBENCH_SEED"] = $"{_context.Seed}",
        };
        _process = StrategyProcess.Start(config.Command, folder, environment, time, config.MaxLineBytes);
        _protocol.Hello(_context);
        StrategyProtocol.CheckReady(_process.Ask(_protocol.Take(), config.StartTimeout));
        foreach ((int pod, (int shape, int node)) in _placed)
        {
            if (_shapesTold.Add(shape)) _protocol.Shape(shape, _shapes[shape]);
            _protocol.Placed(pod, shape, node);
        }
    }

    private readonly Dictionary<int, Core.Objects.PodSpec> _shapes = [];

    private void Tell(in PodShape shape)
    {
        _shapes[shape.Index.Value] = shape.Spec;
        if (_shapesTold.Add(shape.Index.Value)) _protocol.Shape(shape.Index.Value, shape.Spec);
    }

    private void Charge(double seconds)
    {
        _seconds.Add(seconds);
        _decisionTime += config.Charge switch
        {
            AnswerCharge.Fixed => config.ChargedTime,
            AnswerCharge.Measured => TimeSpan.FromSeconds(seconds),
            _ => TimeSpan.Zero,
        };
    }

    private void End()
    {
        _process?.Dispose();
        _process = null;
    }
}
