using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Scheduling.Caching;

public sealed class ShapeCacheTests
{
    private readonly ClusterState _state;
    private readonly ShapeIndex _busy;

    public ShapeCacheTests()
    {
        FleetLayout fleet = A.Cluster().Nodes(8).Build();
        _state = new ClusterState(fleet, new ShapeTable(fleet, countsApps: false));
        _busy = _state.Shapes.Intern(A.Pod().Spec());
    }

    [Fact]
    public void A_shape_earns_a_table_with_its_second_visit()
    {
        ShapeCache<object> cache = Cache(tables: 10);
        Assert.Null(Visit(cache, 3, out _));
        Assert.NotNull(Visit(cache, 3, out bool refill));
        Assert.True(refill);
    }

    [Fact]
    public void A_second_visit_that_comes_late_earns_nothing()
    {
        ShapeCache<object> cache = Cache(tables: 10);
        Visit(cache, 3, out _);
        Change(17);
        Assert.Null(Visit(cache, 3, out _));
        Change(16);
        Assert.NotNull(Visit(cache, 3, out _));
    }

    [Fact]
    public void A_synced_table_has_to_look_at_what_changed_each_node_once()
    {
        ShapeCache<object> cache = Cache(tables: 10);
        Visit(cache, 0, out _);
        Visit(cache, 0, out _);
        cache.Synced(new ShapeIndex(0));
        _state.Touch(5);
        _state.Touch(2);
        _state.Touch(5);
        cache.Visit(new ShapeIndex(0), () => new object(), out ReadOnlySpan<int> stale, out bool refill);
        Assert.False(refill);
        Assert.Equal([5, 2], stale.ToArray());
        cache.Synced(new ShapeIndex(0));
        cache.Visit(new ShapeIndex(0), () => new object(), out stale, out _);
        Assert.Equal(0, stale.Length);
        _state.Touch(7);
        cache.Visit(new ShapeIndex(0), () => new object(), out stale, out _);
        Assert.Equal([7], stale.ToArray());
    }

    [Fact]
    public void A_table_older_than_the_ring_knows_nothing()
    {
        ShapeCache<object> cache = Cache(tables: 10);
        Visit(cache, 0, out _);
        Visit(cache, 0, out _);
        cache.Synced(new ShapeIndex(0));
        Change(_state.RingLength);
        Visit(cache, 0, out bool refill);
        Assert.False(refill);
        cache.Synced(new ShapeIndex(0));
        Change(_state.RingLength + 1);
        Visit(cache, 0, out refill);
        Assert.True(refill);
    }

    [Fact]
    public void A_table_that_was_never_synced_knows_nothing()
    {
        ShapeCache<object> cache = Cache(tables: 10);
        Visit(cache, 0, out _);
        Visit(cache, 0, out _);
        // The strategy threw while the table was filled.
        Assert.NotNull(Visit(cache, 0, out bool refill));
        Assert.True(refill);
        Change(3);
        Visit(cache, 0, out refill);
        Assert.True(refill);
    }

    [Fact]
    public void The_budget_bounds_the_tables_and_the_clock_takes_one_that_is_not_used()
    {
        ShapeCache<object> cache = Cache(tables: 2);
        object first = Earn(cache, 0), second = Earn(cache, 1);
        // The hand clears both marks and takes the first it meets again; a shape that is used stays.
        object third = Earn(cache, 2);
        Assert.Equal(2, new[] { Has(cache, 0, first), Has(cache, 1, second), Has(cache, 2, third) }.Count(has => has));
        Assert.True(Has(cache, 2, third));
    }

    private static ShapeCache<object> New(ClusterState state, int tables) => new(state, 100, 100L * tables);

    private ShapeCache<object> Cache(int tables) => New(_state, tables);

    private void Change(int times)
    {
        for (int i = 0; i < times; i++) _state.Touch(_busy.Value);
    }

    private object Earn(ShapeCache<object> cache, int shape)
    {
        Visit(cache, shape, out _);
        object table = Visit(cache, shape, out _)!;
        cache.Synced(new ShapeIndex(shape));
        return table;
    }

    private static bool Has(ShapeCache<object> cache, int shape, object table)
    {
        var visited = cache.Visit(new ShapeIndex(shape), () => new object(), out _, out bool refill);
        return ReferenceEquals(visited, table) && !refill;
    }

    private static object? Visit(ShapeCache<object> cache, int shape, out bool refill) => cache.Visit(new ShapeIndex(shape), () => new object(), out _, out refill);
}
