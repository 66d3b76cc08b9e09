using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Chaos.Formats.ChaosMesh;

/// <summary>A step of a workflow, with its instant.</summary>
/// <param name="Name">Its template.</param>
/// <param name="At">When it begins, from the beginning of the workflow on.</param>
/// <param name="Length">How long it is; null for the rest of the run.</param>
/// <param name="Chaos">What it does; null for a schedule.</param>
/// <param name="Schedule">The schedule that holds meanwhile; null for chaos.</param>
internal sealed record MeshStep(string Name, TimeSpan At, TimeSpan? Length, MeshChaos? Chaos, MeshSchedule? Schedule)
{
    /// <summary>When it begins, where that depends upon checks: <see cref="At"/> is the earliest instant then, and <see cref="Length"/> is unknown.</summary>
    public Moment? After { get; init; }

    /// <summary>When it is over, where it depends upon checks; null for the rest of the run.</summary>
    public Moment? By { get; init; }
}

/// <summary>A workflow as it runs.</summary>
/// <param name="Steps">Its steps.</param>
/// <param name="Guards">Its checks.</param>
/// <param name="End">When it is over at the earliest; null for never.</param>
internal sealed record MeshRun(IReadOnlyList<MeshStep> Steps, ValueList<ServiceGuard> Guards, TimeSpan? End);

/// <summary>Kinds of templates.</summary>
internal enum MeshTemplateType
{
    /// <summary>One child after the other.</summary>
    Serial,

    /// <summary>All children at once.</summary>
    Parallel,

    /// <summary>Nothing, for a time.</summary>
    Suspend,

    /// <summary>A schedule, for a time.</summary>
    Schedule,

    /// <summary>Chaos, for a time.</summary>
    Chaos,

    /// <summary>A check, which may end the workflow when it fails.</summary>
    StatusCheck,
}

/// <summary>A template of a workflow.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What it does.</param>
/// <param name="Deadline">When it is over, from its beginning on; null where it is not stated.</param>
internal sealed record MeshTemplate(string Name, MeshTemplateType Type, TimeSpan? Deadline)
{
    /// <summary>Names of its children.</summary>
    public IReadOnlyList<string> Children { get; init; } = [];

    /// <summary>Its chaos.</summary>
    public MeshChaos? Chaos { get; init; }

    /// <summary>Its schedule.</summary>
    public MeshSchedule? Schedule { get; init; }

    /// <summary>Its check, from instant 0 on and without a name.</summary>
    public ServiceGuard? Check { get; init; }
}

/// <summary>A workflow: every template has a deadline or is over at once, so its instants are known before a run, but for those that follow upon checks.</summary>
/// <remarks>Source: <c>api/v1alpha1/workflow_types.go</c>, <c>workflow_webhook.go</c> and <c>pkg/workflow/controllers</c> of Chaos Mesh 2.6. A chaos template is over at its deadline and not before.</remarks>
internal sealed class MeshWorkflow
{
    private readonly string _entry;
    private readonly Dictionary<string, MeshTemplate> _templates;

    private readonly string _label;

    internal MeshWorkflow(string label, string entry, Dictionary<string, MeshTemplate> templates) => (_label, _entry, _templates) = (label, entry, templates);

    /// <summary>Reads the spec of a workflow; null when something is wrong with it.</summary>
    internal static MeshWorkflow? Read(YamlMap spec, MeshResource resource, bool mayHaveSchedules = false) => new MeshWorkflowReading(resource, mayHaveSchedules).Read(spec);

    /// <summary>The steps.</summary>
    /// <param name="at">When it begins.</param>
    internal MeshRun Compile(TimeSpan at)
    {
        var steps = new List<MeshStep>();
        var guards = new List<ServiceGuard>();
        Span? end = Add(_templates[_entry], new Span(Moment.At(at), at), null, steps, guards);
        return new MeshRun(steps, [.. guards], end?.Least);
    }

    /// <summary>A moment, and the earliest instant that it can be.</summary>
    private sealed record Span(Moment When, TimeSpan Least)
    {
        public Span Plus(TimeSpan time) => new(When.Plus(time), Least + time);

        public static Span Latest(Span left, Span right) => new(Moment.Latest(left.When, right.When), left.Least > right.Least ? left.Least : right.Least);

        /// <summary>The earlier of two; null stands for never.</summary>
        public static Span? Earliest(Span? left, Span? right) =>
            left is null ? right : right is null ? left : new(Moment.Earliest(left.When, right.When), left.Least < right.Least ? left.Least : right.Least);
    }

    /// <summary>Adds what a template does.</summary>
    /// <returns>When it is over; null for never.</returns>
    private Span? Add(MeshTemplate template, Span start, Span? limit, List<MeshStep> steps, List<ServiceGuard> guards)
    {
        Span? deadline = template.Deadline is { } length ? start.Plus(length) : null, over = Span.Earliest(deadline, limit);
        if (limit is { When.IsKnown: true } && start.Least >= limit.Least) return limit;
        switch (template.Type)
        {
            case MeshTemplateType.Serial:
                Span? end = start;
                foreach (string child in template.Children) end = end is null ? null : Add(_templates[child], end, over, steps, guards);
                return end ?? over;
            case MeshTemplateType.Parallel:
                Span?[] ends = [.. template.Children.Select(child => Add(_templates[child], start, over, steps, guards))];
                return ends.Contains(null) ? over : ends.Aggregate((Span?)null, (latest, other) => latest is null ? other : Span.Latest(latest, other!)) ?? start;
            case MeshTemplateType.Suspend:
                return over;
            case MeshTemplateType.StatusCheck:
                return AddCheck(template, start, over, guards);
            default:
                bool isKnown = start.When.IsKnown && over?.When.IsKnown != false;
                steps.Add(new MeshStep(template.Name, start.Least, isKnown ? over?.Least - start.Least : null, template.Chaos, template.Schedule) { After = isKnown ? null : start.When, By = isKnown ? null : over?.When });
                return over;
        }
    }

    /// <summary>Adds a check. When one that ends its workflow as soon as it fails is over is known: at its time, as nothing follows otherwise.</summary>
    private Span? AddCheck(MeshTemplate template, Span start, Span? limit, List<ServiceGuard> guards)
    {
        ServiceGuard check = template.Check!;
        Span? over = check.Until == TimeSpan.MaxValue ? limit : Span.Earliest(start.Plus(check.Until), limit);
        string name = $"{_label}/{template.Name}#{guards.Count}";
        guards.Add(check with
        {
            Name = name,
            From = start.Least,
            Until = over is { When.IsKnown: true } ? over.Least : TimeSpan.MaxValue,
            After = start.When.IsKnown ? null : start.When,
            By = over is { When.IsKnown: false } ? over.When : null,
        });
        bool endsAtItsTime = check.CallsOff && !check.IsOverOnSuccess;
        return endsAtItsTime ? over : new Span(Moment.End(name), start.Least + check.Timeout);
    }
}
