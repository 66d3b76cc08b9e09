using SchedBench.Core.Cluster;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Time;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Time;

public sealed class MailboxTests
{
    [Fact]
    public void A_message_runs_at_its_stamp()
    {
        using var mailbox = new Mailbox();
        var log = new Log();
        EventLoop loop = log.Loop();
        loop.Schedule(TimeSpan.FromSeconds(1), new EventData(0, 0, 1));
        loop.Schedule(TimeSpan.FromSeconds(3), new EventData(0, 0, 3));
        mailbox.Post(TimeSpan.FromSeconds(2), new EventData(0, 0, 2));
        mailbox.Close();
        loop.Run(TimeSpan.MaxValue, mailbox);
        Assert.Equal([1, 2, 3], log.Subjects);
        Assert.Equal([new Mailbox.RecordedMessage(TimeSpan.FromSeconds(2), 2, new EventData(0, 0, 2))], mailbox.Recorded);
    }

    [Fact]
    public void A_message_stamped_in_the_past_runs_now()
    {
        using var mailbox = new Mailbox();
        var log = new Log();
        EventLoop loop = log.Loop();
        log.OnEvent = data =>
        {
            if (data.Subject != 1) return;
            mailbox.Post(TimeSpan.Zero, new EventData(0, 0, 2));
            mailbox.Close();
        };
        loop.Schedule(TimeSpan.FromSeconds(5), new EventData(0, 0, 1));
        loop.Run(TimeSpan.MaxValue, mailbox);
        Assert.Equal([1, 2], log.Subjects);
        Assert.Equal(TimeSpan.FromSeconds(5), mailbox.Recorded[0].Due);
    }

    [Fact]
    public void An_open_mailbox_keeps_the_loop_waiting_until_it_is_closed()
    {
        using var mailbox = new Mailbox();
        var log = new Log();
        EventLoop loop = log.Loop();
        var poster = new Thread(() =>
        {
            for (int i = 0; i < 50; i++) mailbox.Post(TimeSpan.Zero, new EventData(0, 0, i));
            mailbox.Close();
        });
        poster.Start();
        loop.Run(TimeSpan.MaxValue, mailbox);
        poster.Join();
        Assert.Equal(Enumerable.Range(0, 50), log.Subjects);
    }

    [Fact]
    public void A_closed_mailbox_takes_nothing()
    {
        using var mailbox = new Mailbox();
        mailbox.Close();
        Assert.Throws<InvalidOperationException>(() => mailbox.Post(TimeSpan.Zero, default));
    }

    [Fact]
    public void A_waiting_loop_can_be_cancelled()
    {
        using var mailbox = new Mailbox();
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        EventLoop loop = new Log().Loop();
        // Past the look at every 4,096 events, so that it is the wait that ends.
        loop.Schedule(TimeSpan.Zero, default);
        loop.Run(TimeSpan.MaxValue);
        Assert.Throws<OperationCanceledException>(() => loop.Run(TimeSpan.MaxValue, mailbox, cancellation.Token));
    }

    [Fact]
    public void A_replayed_mailbox_repeats_a_run_that_was_fed_from_outside() => Law.Holds(WorldTraits.All, world =>
    {
        using var live = new Mailbox();
        RunResult recorded = world.Run("best-fit").Before(run => run.Facts.Subscribe(new Operators(run, live))).Go(mailbox: live);
        using var replayed = Mailbox.Replay(live.Recorded);
        RunResult repeated = world.Run("best-fit").Before(run => _ = new Operators(run, null)).Go(mailbox: replayed);
        Assert.NotEmpty(live.Recorded);
        Assert.Equal(recorded.Fingerprint, repeated.Fingerprint);
        Assert.Equal(live.Recorded, replayed.Recorded);
    });

    [Fact]
    public void A_recording_does_not_fit_another_run()
    {
        using var mailbox = Mailbox.Replay([new Mailbox.RecordedMessage(TimeSpan.FromSeconds(1), 17, default)]);
        EventLoop loop = new Log().Loop();
        loop.Schedule(TimeSpan.Zero, default);
        Assert.Throws<InvalidOperationException>(() => loop.Run(TimeSpan.MaxValue, mailbox));
    }

    /// <summary>Somebody outside who cordons nodes and takes the cordons back while pods come and go.</summary>
    private sealed class Operators : IEventHandler, IFactObserver
    {
        private const ushort Close = 2;
        private static readonly TimeSpan End = TimeSpan.FromSeconds(500);
        private readonly ClusterRun _run;
        private readonly Mailbox? _live;
        private readonly Dice _dice;
        private readonly ushort _handler;

        public Operators(ClusterRun run, Mailbox? live)
        {
            _run = run;
            _live = live;
            _dice = new Dice(run.Seed);
            _handler = run.Loop.Register(this);
            run.Loop.Schedule(End, new EventData(_handler, Close));
            _live?.Post(TimeSpan.FromSeconds(2), Cordon());
        }

        public void Observe(in Fact fact)
        {
            if (fact.At < End && _dice.Percent(20)) _live!.Post(fact.At + TimeSpan.FromMilliseconds(_dice.Of(-500, 0, 250, 5000)), Cordon());
        }

        public void Handle(in EventData data)
        {
            if (data.Kind == Close) _live?.Close();
            else if (data.Subject < _run.Fleet.Count) _run.Scheduler.SetSchedulable(new NodeIndex(data.Subject), data.Kind == 1);
        }

        private EventData Cordon() => new(_handler, _dice.Percent(50) ? (ushort)1 : (ushort)0, _dice.Between(0, Math.Max(0, _run.Fleet.Count - 1)));
    }
}
