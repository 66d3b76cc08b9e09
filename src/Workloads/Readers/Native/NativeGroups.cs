using System.Globalization;
using SchedBench.Core.Arrivals;
using SchedBench.Core.Input;
using SchedBench.Workloads.Readers.Reports;
using SchedBench.Workloads.Readers.Rows;

namespace SchedBench.Workloads.Readers.Native;

/// <summary>The groups of a native trace: listed in groups.csv, or else implied by the column of pods.csv. Members stand together and arrive at one instant.</summary>
internal sealed class NativeGroups
{
    private readonly ReadLog _log;
    private readonly List<Group> _groups = [];
    private readonly Dictionary<string, int> _indexOf = new(StringComparer.Ordinal);
    private bool _listed;
    private string _file = "";
    private int _open = -1;

    public NativeGroups(ReadLog log) => _log = log;

    /// <summary>Reads groups.csv. A file with only a header is none; it is accepted, as a trace may have no groups.</summary>
    public void Read(string path, string displayName)
    {
        _listed = true;
        _file = displayName;
        _log.DisplayName = displayName;
        var names = new UniqueNames();
        using var rows = CsvRows.Open(path, NativeColumns.Groups, _log);
        while (rows.Next(required: false))
        {
            string name = names.Read(rows, NativeColumns.GroupName);
            int minMember = (int)rows.Whole(NativeColumns.MinMember, 1, int.MaxValue);
            if (rows.RowIsSound) Add(new Group(name, minMember, rows.Line));
        }
    }

    /// <summary>The group that this row's pod belongs to, or −1.</summary>
    public int Join(CsvRows rows, in RecordedLife life)
    {
        string name = rows.Text(NativeColumns.Group);
        if (name.Length == 0)
        {
            _open = -1;
            return -1;
        }

        if (!_indexOf.TryGetValue(name, out int index))
        {
            if (_listed)
            {
                rows.Bad(NativeColumns.Group, $"expected a group of {NativeColumns.GroupsFile}", NearestName.Find(name, _indexOf.Keys.Take(10_000)));
                return -1;
            }

            index = Add(new Group(name, 0, rows.Line));
        }

        Group group = _groups[index];
        if (group.Members == 0) group.Arrival = life.Arrival;
        else if (_open != index) rows.Bad(NativeColumns.Group, "expected the members of a group in rows one after another");
        else if (group.Arrival != life.Arrival) rows.Bad(NativeColumns.Arrival, "expected the members of a group to arrive at one instant");
        group.Members++;
        _open = index;
        return index;
    }

    /// <summary>Checks that every listed group can be complete.</summary>
    public void CheckMembers()
    {
        if (!_listed) return;
        _log.DisplayName = _file;
        foreach (Group group in _groups.Where(group => group.MinMember > group.Members))
        {
            _log.Problem(group.Line, "min_member", group.MinMember.ToString(CultureInfo.InvariantCulture), string.Create(
                CultureInfo.InvariantCulture, $"expected at most the number of the group's pods, {group.Members}"));
        }

        _log.ThrowIfProblems();
    }

    /// <summary>The groups by index; one that is not listed needs all its members.</summary>
    public PodGroupSpec[] Specs() => [.. _groups.Select(group => new PodGroupSpec(group.Name, _listed ? group.MinMember : group.Members))];

    private int Add(Group group)
    {
        _indexOf.Add(group.Name, _groups.Count);
        _groups.Add(group);
        return _groups.Count - 1;
    }

    private sealed class Group(string name, int minMember, int line)
    {
        public string Name => name;

        public int MinMember => minMember;

        public int Line => line;

        public int Members { get; set; }

        public Int128? Arrival { get; set; }
    }
}
