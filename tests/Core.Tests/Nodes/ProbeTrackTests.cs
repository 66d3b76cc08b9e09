using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Nodes;

public sealed class ProbeTrackTests
{
    [Fact]
    public void The_third_failure_in_a_row_decides()
    {
        List<(TimeSpan, bool)> decisions = Computed(new Probe(), Span(2), Span(2), true, [(Span(0), ProbeAnswer.Passes), (Span(15), ProbeAnswer.Fails)], Span(100));
        Assert.Equal([(Span(42), false)], decisions);
    }

    [Fact]
    public void A_probe_that_hangs_fails_after_its_timeout()
    {
        List<(TimeSpan, bool)> decisions = Computed(new Probe { FailureThreshold = 2 }, Span(0), Span(0), true, [(Span(0), ProbeAnswer.Hangs)], Span(100));
        Assert.Equal([(Span(11), false)], decisions);
    }

    [Fact]
    public void Computed_decisions_equal_those_of_a_worker_that_makes_every_probe()
    {
        var draw = Draw.Stream(7, "tests/probes");
        for (ulong world = 0; world < 4000; world++)
        {
            ulong n = 0;
            int Below(int bound) => (int)draw.Below(world, n++, (ulong)bound);
            var probe = new Probe
            {
                Period = TimeSpan.FromMilliseconds(1000 + (100 * Below(100))),
                Timeout = TimeSpan.FromMilliseconds(100 + (100 * Below(9))),
                SuccessThreshold = 1 + Below(3),
                FailureThreshold = 1 + Below(4),
            };
            TimeSpan origin = TimeSpan.FromMilliseconds(Below(5000)), from = TimeSpan.FromMilliseconds(Below(20_000));
            bool? initial = Below(3) switch { 0 => null, 1 => true, _ => false };
            var answers = new List<(TimeSpan At, ProbeAnswer Answer)> { (TimeSpan.Zero, (ProbeAnswer)Below(3)) };
            for (int i = Below(12); i > 0; i--) answers.Add((answers[^1].At + TimeSpan.FromMilliseconds(1 + Below(20_000)), (ProbeAnswer)Below(3)));
            List<(TimeSpan, bool)> expected = EachProbe.Run(probe, origin, from, initial, answers, Span(200));
            List<(TimeSpan, bool)> computed = Computed(probe, origin, from, initial, answers, Span(200));
            Assert.True(expected.SequenceEqual(computed), $"world {world}: {probe} origin {origin} from {from} initial {initial} answers {string.Join(' ', answers)}: {string.Join(' ', expected)} but {string.Join(' ', computed)}");
        }
    }

    private static List<(TimeSpan At, bool Passes)> Computed(
        Probe probe, TimeSpan origin, TimeSpan from, bool? initial, List<(TimeSpan At, ProbeAnswer Answer)> answers, TimeSpan until)
    {
        var decisions = new List<(TimeSpan, bool)>();
        var track = new ProbeTrack(probe, origin, from, initial, answers[0].Answer);
        for (int i = 1; i <= answers.Count; i++)
        {
            TimeSpan next = i < answers.Count ? answers[i].At : until + probe.Timeout;
            while (track.DecidesAt is { } due && (i < answers.Count ? due < next : due <= until + (answers[^1].Answer == ProbeAnswer.Hangs ? probe.Timeout : TimeSpan.Zero)))
            {
                track.Decide();
                decisions.Add((due, track.Result));
            }

            if (i == answers.Count) break;
            track.Change(answers[i].Answer, next);
            if (track.TakePending()) decisions.Add((next, track.Result));
        }

        return decisions;
    }

    private static TimeSpan Span(double seconds) => TimeSpan.FromSeconds(seconds);
}
