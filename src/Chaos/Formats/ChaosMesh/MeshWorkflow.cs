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
internal sealed record MeshStep(string Name, TimeSpan At, TimeSpan? Length, MeshChaos? Chaos, MeshSchedule? Schedule);

/// <summary>A workflow as it runs.</summary>
/// <param name="Steps">Its steps.</param>
/// <param name="Guards">What calls it off.</param>
/// <param name="End">When it is over; null for never.</param>
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

    /// <summary>A check that ends the workflow when it fails.</summary>
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

/// <summary>A workflow: its instants are known before a run, as every template has a deadline or is over at once.</summary>
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
        TimeSpan? end = Add(_templates[_entry], at, TimeSpan.MaxValue, steps, guards);
        return new MeshRun(steps, [.. guards], end);
    }

    /// <summary>Adds what a template does.</summary>
    /// <returns>When it is over; null for never.</returns>
    private TimeSpan? Add(MeshTemplate template, TimeSpan start, TimeSpan limit, List<MeshStep> steps, List<ServiceGuard> guards)
    {
        TimeSpan? deadline = template.Deadline is { } length ? start + length : null;
        TimeSpan over = deadline < limit ? deadline.Value : limit;
        if (start >= limit) return limit;
        TimeSpan? end = start;
        switch (template.Type)
        {
            case MeshTemplateType.Serial:
                foreach (string child in template.Children) end = end is { } free ? Add(_templates[child], free, over, steps, guards) : null;
                break;
            case MeshTemplateType.Parallel:
                foreach (string child in template.Children) end = Add(_templates[child], start, over, steps, guards) is { } other && end is { } known ? (other > known ? other : known) : null;
                break;
            case MeshTemplateType.Suspend:
                end = deadline;
                break;
            case MeshTemplateType.StatusCheck:
                ServiceGuard check = template.Check!;
                TimeSpan checkEnd = check.Until < TimeSpan.MaxValue - start ? start + check.Until : TimeSpan.MaxValue;
                end = deadline < checkEnd ? deadline : checkEnd;
                guards.Add(check with { Name = $"{_label}/{template.Name}#{guards.Count}", From = start, Until = end < over ? end.Value : over });
                break;
            default:
                steps.Add(new MeshStep(template.Name, start, over == TimeSpan.MaxValue ? null : over - start, template.Chaos, template.Schedule));
                end = deadline;
                break;
        }

        if (over == TimeSpan.MaxValue) return end;
        return end < over ? end : over;
    }
}
