using System.Globalization;
using System.Net;
using SchedBench.Fleets.Faults;
using SchedBench.Fleets.Runtime;

namespace SchedBench.Fleets.Docker;

/// <summary>An engine in namespaces of its own: a machine of its own, as far as its network, its processes and its power go.</summary>
/// <param name="Prefix">What all names of its group begin with.</param>
/// <param name="Number">Its number, from 1 on.</param>
/// <param name="Folder">Folder of its group.</param>
internal sealed record EngineHost(string Prefix, int Number, string Folder)
{
    /// <summary>How it is spoken to.</summary>
    public string Host => $"unix://{Socket}";

    /// <summary>Its address on the switch.</summary>
    public IPAddress Address => IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"{EngineHosts.Network}.{10 + Number}"));

    /// <summary>Its network namespace.</summary>
    public string Namespace => string.Create(CultureInfo.InvariantCulture, $"{Prefix}-{Number}");

    /// <summary>Its end of the cable on the switch.</summary>
    public string Link => string.Create(CultureInfo.InvariantCulture, $"{Prefix}v{Number}");

    /// <summary>Its control groups, below each controller.</summary>
    public string Group => string.Create(CultureInfo.InvariantCulture, $"{Prefix}/node{Number}");

    /// <summary>Whether it has power: its socket goes with it.</summary>
    public bool IsOn => File.Exists(Socket);

    private string Home => string.Create(CultureInfo.InvariantCulture, $"{Folder}/n{Number}");

    private string Socket => $"{Home}/docker.sock";

    /// <summary>Turns it on, and waits until its engine answers.</summary>
    /// <exception cref="EngineException">It does not within 20 s.</exception>
    public void PowerOn()
    {
        string inside = $"""
            hostname {Namespace}
            mount -t tmpfs tmpfs /run; mkdir -p /run/lock
            echo nameserver 127.0.0.1 > /run/resolv.conf; mount --bind /run/resolv.conf $(readlink -f /etc/resolv.conf)
            dockerd --data-root {Home}/data --exec-root /run/docker -H unix://{Socket} --pidfile /run/docker.pid --cgroup-parent /{Group} --shutdown-timeout 2 --userland-proxy=false &
            while :; do wait; sleep 0.2; done
            """;
        Shell.Run($"""
            mkdir -p {Home}/data; rm -f {Socket}
            for c in freezer memory cpu pids; do if [ -d /sys/fs/cgroup/$c ]; then mkdir -p /sys/fs/cgroup/$c/{Group}; fi; done
            setsid nsenter --net=/run/netns/{Namespace} unshare --pid --mount --uts --ipc --fork --kill-child --mount-proc --propagation private sh -c '{inside}' >> {Home}/log 2>&1 < /dev/null &
            echo $! > {Home}/pid
            for n in $(seq 200); do if curl -fs --max-time 2 --unix-socket {Socket} http://engine/_ping > /dev/null 2>&1; then exit 0; fi; sleep 0.1; done
            tail -n 3 {Home}/log >&2; exit 1
            """);
    }

    /// <summary>Turns it off at once: its engine, its containers and all that runs in it are gone.</summary>
    public void PowerOff() => Shell.Try($"p=$(cat {Home}/pid); for c in $(pgrep -P $p); do kill -9 $c; done; kill -9 $p; rm -f {Socket}");

    /// <summary>All processes of it stand still from now on, or go on: its engine among them.</summary>
    public void Freeze(bool isFrozen) => Shell.Run($"echo {(isFrozen ? "FROZEN" : "THAWED")} > /sys/fs/cgroup/freezer/{Group}/freezer.state");

    /// <summary>The cable to the switch is pulled, or plugged in again.</summary>
    public void Cut(bool isCut) => Shell.Run($"nsenter --net=/run/netns/{EngineHosts.SwitchOf(Prefix)} ip link set {Link} {(isCut ? "down" : "up")}");

    /// <summary>A share of the packets that it sends, or is sent, is dropped from now on.</summary>
    /// <param name="table">Chain of the packets: <c>PREROUTING</c> for what it is sent, <c>POSTROUTING</c> for what it sends.</param>
    /// <param name="share">Share, above 0; 1 for all.</param>
    /// <param name="begins">Whether it begins; otherwise it is over.</param>
    public void Drop(string table, double share, bool begins)
    {
        string side = table == "PREROUTING" ? "-i eth0" : "-o eth0", chance = share >= 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" -m statistic --mode random --probability {share:0.####}");
        Shell.Run($"nsenter --net=/run/netns/{Namespace} iptables -w -t mangle {(begins ? "-I" : "-D")} {table} {side}{chance} -j DROP");
    }

    /// <summary>Undoes whatever a run that was killed did to it.</summary>
    public void Reset()
    {
        Shell.Try($"""
            nsenter --net=/run/netns/{EngineHosts.SwitchOf(Prefix)} ip link set {Link} up
            nsenter --net=/run/netns/{Namespace} iptables -w -t mangle -F PREROUTING
            nsenter --net=/run/netns/{Namespace} iptables -w -t mangle -F POSTROUTING
            echo THAWED > /sys/fs/cgroup/freezer/{Group}/freezer.state
            """);
        if (!IsOn) PowerOn();
    }
}

/// <summary>Engines of this machine that are nodes: started in namespaces by <c>fleet up</c>, taken away by <c>fleet down</c>. Linux, as root.</summary>
/// <remarks>A switch in a namespace of its own joins them and this machine, whose own network is touched by one cable. Everything is journaled before it is made. Steps and traps: <c>unshare</c> and <c>nsenter</c> of util-linux, <c>ip</c> of iproute2;
/// <c>exec-root</c> on a file system that is empty after a loss of power, or a stale containerd.pid bars the next start.</remarks>
public static class EngineHosts
{
    internal const string Network = "10.177.0";
    private const string Kind = "engines";
    private const int Most = 32;

    /// <summary>Starts engines.</summary>
    /// <param name="count">How many, 1 to 32.</param>
    /// <returns>How each is spoken to.</returns>
    /// <exception cref="EngineException">It cannot be done here; what was begun is taken away.</exception>
    public static IReadOnlyList<string> Up(int count)
    {
        if (count is < 1 or > Most) throw new EngineException($"{count} engines: expected 1 to {Most}");
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root") throw new EngineException("engines in namespaces need Linux and root");
        if (All().Count > 0) throw new EngineException("there are engines already: 'fleet down docker' takes them away");
        Shell.Run("for tool in ip nsenter unshare dockerd iptables curl; do command -v $tool > /dev/null || { echo \"$tool is missing\" >&2; exit 1; }; done");
        FleetJournal journal = FleetJournal.Begin(Kind);
        string prefix = $"sb{Guid.NewGuid().ToString("N")[..4]}", folder = Path.Combine(Path.GetTempPath(), $"schedbench-{prefix}");
        journal.Write("group", prefix, folder, count);
        journal.Dispose();
        try
        {
            Directory.CreateDirectory(folder);
            string hub = SwitchOf(prefix);
            Shell.Run($"""
                ip netns add {hub}
                nsenter --net=/run/netns/{hub} sh -ec 'ip link set lo up; ip link add br0 type bridge; ip addr add {Network}.1/24 dev br0; ip link set br0 up'
                ip link add {prefix}h type veth peer name {prefix}p
                ip link set {prefix}p netns {hub}
                nsenter --net=/run/netns/{hub} ip link set {prefix}p master br0 up
                ip addr add {Network}.2/24 dev {prefix}h
                ip link set {prefix}h up
                """);
            EngineHost[] hosts = [.. Enumerable.Range(1, count).Select(number => new EngineHost(prefix, number, folder))];
            foreach (EngineHost host in hosts)
            {
                Shell.Run($"""
                    ip netns add {host.Namespace}
                    ip link add {host.Link} type veth peer name eth0 netns {host.Namespace}
                    ip link set {host.Link} netns {hub}
                    nsenter --net=/run/netns/{hub} ip link set {host.Link} master br0 up
                    nsenter --net=/run/netns/{host.Namespace} sh -ec 'ip link set lo up; ip addr add {host.Address}/24 dev eth0; ip link set eth0 up; ip route add default via {Network}.1; sysctl -qw net.ipv4.ip_forward=1'
                    """);
                host.PowerOn();
            }

            return [.. hosts.Select(host => host.Host)];
        }
        catch (EngineException)
        {
            Down();
            throw;
        }
    }

    /// <summary>Takes away all engines that were started here.</summary>
    /// <returns>How many.</returns>
    public static int Down()
    {
        int count = 0;
        foreach ((string path, _, IReadOnlyList<string[]> lines) in FleetJournal.All(Kind).ToArray())
        {
            foreach (string[] line in lines)
            {
                if (line is not ["group", var prefix, var folder, var many]) continue;
                for (int number = 1; number <= int.Parse(many, CultureInfo.InvariantCulture); number++)
                {
                    var host = new EngineHost(prefix, number, folder);
                    Shell.Try($"echo THAWED > /sys/fs/cgroup/freezer/{host.Group}/freezer.state");
                    host.PowerOff();
                    Shell.Try($"ip netns del {host.Namespace}");
                    count++;
                }

                Shell.Try($"""
                    ip link del {prefix}h
                    ip netns del {SwitchOf(prefix)}
                    sleep 0.3
                    for c in /sys/fs/cgroup/*; do if [ -d $c/{prefix} ]; then find $c/{prefix} -depth -type d -exec rmdir {"{}"} ';'; fi; done
                    for m in $(grep -o ' {folder}[^ ]*' /proc/self/mounts); do umount -l $m; done
                    rm -rf {folder}
                    """);
            }

            File.Delete(path);
        }

        // iproute2 mounts the folder of names with the first one, and leaves it so.
        if (count > 0) Shell.Try("if [ -z \"$(ls /run/netns)\" ]; then umount /run/netns; fi");
        return count;
    }

    /// <summary>How the engines that are there are spoken to, in order; empty for none.</summary>
    public static IReadOnlyList<string> Running => [.. All().Select(host => host.Host)];

    /// <summary>The engine of a host, when it is one of ours; null otherwise.</summary>
    internal static EngineHost? Find(string host) => All().FirstOrDefault(known => known.Host == host);

    internal static string SwitchOf(string prefix) => $"{prefix}-sw";

    private static List<EngineHost> All() =>
    [
        .. FleetJournal.All(Kind).SelectMany(journal => journal.Lines).Where(line => line is ["group", _, _, _])
            .SelectMany(line => Enumerable.Range(1, int.Parse(line[3], CultureInfo.InvariantCulture)).Select(number => new EngineHost(line[1], number, line[2]))),
    ];
}
