using SchedBench.Core.Intake;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.Core.Time;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Intake;

/// <summary>Invariants 14 to 18 and 21 through the intake: several clients at once, each on a thread of its own, on the virtual and on the wall clock; then the recording repeats the run without them.</summary>
public sealed class ConcurrentClientsTests
{
    private const int Clients = 4;
    private const int Calls = 60;

    /// <summary>Calls that a client makes before it lets a paced run go on: however busy the machine is, it takes part.</summary>
    private const int CallsHeld = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(1, null)]
    [InlineData(2, null)]
    [InlineData(3, null)]
    [InlineData(4, 500.0)]
    [InlineData(5, 5000.0)]
    public void Clients_at_once_keep_the_laws_of_the_store_and_their_recording_repeats_the_run(ulong seed, double? pace)
    {
        using var control = new RunControl(Options(seed), new RunControlOptions { Time = TimeProvider.System, Pace = pace, HoldLimit = Patience });
        (FingerprintObserver fingerprint, WriteLog log) = Watch(control);
        // In virtual time the clients hold it: they meet the run as it begins, and let it go on when they have done. At a pace they let go after some calls, and race the rest with real time.
        int held = pace is null ? Calls : CallsHeld;
        Client[] clients = [.. Enumerable.Range(0, Clients).Select(i => new Client(control.Api, i, seed, control.Hold($"client-{i}"), held))];
        var watcher = new Watcher(control.Api);
        Thread[] threads = [.. clients.Select(client => new Thread(client.Play)), new Thread(watcher.Play)];
        foreach (Thread thread in threads) thread.Start();
        control.RunToEnd();
        Assert.All(threads, thread => Assert.True(thread.Join(Patience)));

        Assert.All(clients, client => Assert.Null(client.Wrong));
        Assert.Null(watcher.Wrong);
        Assert.Null(log.Wrong);
        Assert.All(clients, client => Assert.InRange(client.Answered, held, Calls));
        Assert.Equal(0, control.Api.Waiting);
        // Of racing updates one wins: the counter is the number of those that were told that they did.
        if (control.Run.Store.View.Find(Client.Counter) is ConfigMap counter) Assert.Equal(clients.Sum(client => client.Increments), int.Parse(counter.Data[0].Value));
        Assert.True(watcher.Resumed > 0 || watcher.Events < 40);
        AssertRepeats(control, fingerprint.Value, seed);
    }

    private static void AssertRepeats(RunControl control, ulong fingerprint, ulong seed)
    {
        using RunControl replay = RunControl.Replay(Options(seed), control.Recorded);
        (FingerprintObserver again, WriteLog log) = Watch(replay);
        replay.RunToEnd();
        Assert.Null(log.Wrong);
        Assert.Equal(fingerprint, again.Value);
        Assert.Equal(control.Run.Loop.EventsHandled, replay.Run.Loop.EventsHandled);
        Assert.Equal(control.Run.Store.ResourceVersion, replay.Run.Store.ResourceVersion);
        foreach (ResourceKindInfo info in ResourceKinds.All) Assert.Equal(control.Run.Store.View.All(info.Kind).Select(item => (item.Key, item.Metadata)), replay.Run.Store.View.All(info.Kind).Select(item => (item.Key, item.Metadata)));
        Assert.Equal(control.Recorded, replay.Recorded);
    }

    private static OrchestratedRunOptions Options(ulong seed) => OrchestrationBuilder.Fleet(3)
        .With(o => o with { Seed = seed, Until = TimeSpan.FromSeconds(400), ControllerDelay = TimeSpan.FromMilliseconds(seed % 2 == 0 ? 50 : 0) })
        .Apply(OrchestrationBuilder.Deployment("web", 4)).Apply(30, OrchestrationBuilder.Deployment("web", 6)).Apply(200, OrchestrationBuilder.Deployment("web", 2)).Options();

    private static (FingerprintObserver Facts, WriteLog Writes) Watch(RunControl control)
    {
        var fingerprint = new FingerprintObserver();
        control.Run.Facts.Subscribe(fingerprint);
        var log = new WriteLog();
        control.Run.Store.Subscribe(log);
        _ = ObjectJudge.AttachAll(control.Run);
        return (fingerprint, log);
    }

    /// <summary>Invariants 14, 18 and 21 over every write.</summary>
    private sealed class WriteLog : IStoreListener
    {
        private readonly HashSet<long> _known = [];
        private long _version;

        public string? Wrong { get; private set; }

        public void OnChange(in StoreChange change)
        {
            if (change.ResourceVersion <= _version) Wrong ??= $"version {change.ResourceVersion} after {_version}";
            _version = change.ResourceVersion;
            if (change.Before is null && !_known.Add(change.Object.Uid)) Wrong ??= $"identity {change.Object.Uid} twice";
            if (change.Before is { } before && change.After is { } after)
            {
                if (before.Metadata.IsDeleting && !after.Metadata.IsDeleting) Wrong ??= $"{after.Key}: a deletion taken back";
                if (after.Metadata.ResourceVersion != change.ResourceVersion) Wrong ??= $"{after.Key} of version {after.Metadata.ResourceVersion} at {change.ResourceVersion}";
                if (before with { Metadata = after.Metadata } == after && before.Metadata with { ResourceVersion = after.Metadata.ResourceVersion } == after.Metadata) Wrong ??= $"{after.Key}: a write that changed nothing";
            }

            if (change.Object.Name.StartsWith("dry", StringComparison.Ordinal)) Wrong ??= $"a dry run wrote {change.Object.Key}";
        }
    }

    /// <summary>A client that reads, writes over what it read, deletes, evicts, lists pages and tries dry runs.</summary>
    private sealed class Client(ApiIntake api, int number, ulong seed, ClockHold hold, int callsHeld)
    {
        public static readonly ObjectKey Counter = new(ResourceKind.ConfigMap, "default", "counter");
        private readonly Dice _dice = new((seed * 100) + (ulong)number);

        public int Increments { get; private set; }

        public int Answered { get; private set; }

        public string? Wrong { get; private set; }

        public void Play()
        {
            try
            {
                for (int i = 0; i < Calls && Act(i); i++)
                {
                    if (++Answered == callsHeld) hold.Release();
                }
            }
            catch (Exception broken)
            {
                Wrong = broken.ToString();
            }

            hold.Release();
        }

        /// <summary>One act; false when the run is over.</summary>
        private bool Act(int i)
        {
            var own = new ObjectKey(ResourceKind.ConfigMap, "default", $"own-{number}-{_dice.Between(0, 3)}");
            ApiAnswer answer;
            switch (_dice.Between(0, 7))
            {
                case 0 or 1:
                    return Increment();
                case 2:
                    answer = Ask(new CreateCall(Map(own.Name, i)));
                    break;
                case 3:
                    answer = Ask(new DeleteCall(own));
                    break;
                case 4:
                    return Pages();
                case 5:
                    answer = Ask(new CreateCall(Map($"dry-{number}-{i}", i)) { IsDryRun = true });
                    if (answer.IsOk && Ask(new GetCall(new ObjectKey(ResourceKind.ConfigMap, "default", $"dry-{number}-{i}"))).Error is { Code: not (ApiErrorCode.NotFound or ApiErrorCode.ServiceUnavailable) }) Wrong ??= "a dry run was written";
                    break;
                case 6:
                    ListAnswer pods = Ask(new ListCall(ResourceKind.Pod));
                    if (pods.Items.Count == 0) return pods.Error?.Code != ApiErrorCode.ServiceUnavailable;
                    answer = Ask(new EvictCall(pods.Items[_dice.Between(0, pods.Items.Count - 1)].Key) { IsDryRun = _dice.Percent(50) });
                    break;
                default:
                    answer = Ask(new GetCall(own));
                    if (answer.Object is ConfigMap read)
                    {
                        // Stale as soon as it was written once: the second of two writes over one version is 409.
                        answer = Ask(new UpdateCall(read with { Data = [new Label("key", $"{number}-{i}-a")] }));
                        ApiAnswer second = Ask(new UpdateCall(read with { Data = [new Label("key", $"{number}-{i}-b")] }));
                        if (answer.IsOk && second.IsOk) Wrong ??= "two updates over one version were accepted";
                    }

                    break;
            }

            return answer.Error?.Code != ApiErrorCode.ServiceUnavailable;
        }

        private bool Increment()
        {
            ApiAnswer read = Ask(new GetCall(Counter));
            if (read.Object is not ConfigMap counter)
            {
                return Ask(new CreateCall(Map("counter", 0))).Error?.Code != ApiErrorCode.ServiceUnavailable;
            }

            ApiAnswer written = Ask(new UpdateCall(counter with { Data = [new Label("key", $"{int.Parse(counter.Data[0].Value) + 1}")] }));
            if (written.IsOk) Increments++;
            return written.Error?.Code != ApiErrorCode.ServiceUnavailable;
        }

        /// <summary>Pages are one snapshot: what all at once shows at their version.</summary>
        private bool Pages()
        {
            List<KubeObject> paged = [];
            ListAnswer page = Ask(new ListCall(ResourceKind.ConfigMap) { Limit = 2 });
            long version = page.ResourceVersion;
            while (true)
            {
                if (page.Error is { } error) return error.Code != ApiErrorCode.ServiceUnavailable;
                if (page.ResourceVersion != version) Wrong ??= $"pages of {version} and {page.ResourceVersion}";
                paged.AddRange(page.Items);
                if (page.Continue.Length == 0) break;
                page = Ask(new ListCall(ResourceKind.ConfigMap) { Limit = 2, Continue = page.Continue });
            }

            ListAnswer whole = Ask(new ListCall(ResourceKind.ConfigMap) { At = version });
            if (whole.IsOk && !whole.Items.SequenceEqual(paged)) Wrong ??= $"the pages of {version} are not the list of {version}";
            return whole.Error?.Code != ApiErrorCode.ServiceUnavailable;
        }

        private TAnswer Ask<TAnswer>(ApiCall<TAnswer> call)
            where TAnswer : ApiAnswer
        {
            Task<TAnswer> task = api.Send(call);
            return task.Wait(Patience) ? task.Result : throw new TimeoutException($"no answer to {call}");
        }

        private static ConfigMap Map(string name, int value) => new() { Metadata = OrchestrationBuilder.Meta(name), Data = [new Label("key", $"{value}")] };
    }

    /// <summary>Lists, watches from there, closes the watch and goes on where it was; what it knows must be the list of then.</summary>
    private sealed class Watcher(ApiIntake api)
    {
        private readonly Dictionary<ObjectKey, KubeObject> _known = [];
        private long _version;

        public string? Wrong { get; private set; }

        public int Events { get; private set; }

        public int Resumed { get; private set; }

        public void Play()
        {
            ListAnswer list = api.Send(new ListCall(ResourceKind.ConfigMap)).Result;
            if (!list.IsOk) return;
            foreach (KubeObject item in list.Items) _known[item.Key] = item;
            _version = list.ResourceVersion;
            while (api.Send(new WatchCall(ResourceKind.ConfigMap, _version) { SendsBookmarks = true }).Result is { Watch: { } watch })
            {
                Resumed++;
                if (!Read(watch, 20)) return;
                watch.Dispose();
                Compare();
            }
        }

        /// <summary>Reads some events; false at the end of the run.</summary>
        private bool Read(OutsideWatch watch, int count)
        {
            while (count-- > 0)
            {
                if (!watch.Events.WaitToReadAsync().AsTask().Result || !watch.Events.TryRead(out WatchEvent? next)) return false;
                if (next.Kind == WatchEventKind.Error) return false;
                Events++;
                if (next.ResourceVersion <= _version) Wrong ??= $"version {next.ResourceVersion} after {_version}";
                _version = next.ResourceVersion;
                if (next.Object is not { } item) continue;
                if (_known.ContainsKey(item.Key) == (next.Kind == WatchEventKind.Added)) Wrong ??= $"{next.Kind} {item.Key}, which is {(_known.ContainsKey(item.Key) ? "" : "not ")}there";
                if (next.Kind == WatchEventKind.Deleted) _known.Remove(item.Key);
                else _known[item.Key] = item;
            }

            return true;
        }

        /// <summary>List and watch agree at a version.</summary>
        private void Compare()
        {
            ListAnswer list = api.Send(new ListCall(ResourceKind.ConfigMap) { At = _version }).Result;
            if (!list.IsOk) return;
            if (!list.Items.OrderBy(item => item.Uid).SequenceEqual(_known.Values.OrderBy(item => item.Uid))) Wrong ??= $"list and watch differ at {_version}";
        }
    }
}
