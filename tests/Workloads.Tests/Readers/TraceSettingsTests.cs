using SchedBench.Core.Input;
using SchedBench.Workloads.Readers;

namespace SchedBench.Workloads.Tests.Readers;

public sealed class TraceSettingsTests
{
    [Fact]
    public void Settings_reach_the_options()
    {
        TraceReadOptions options = Apply("swf", ("memoryUnit", "bytes"), ("memoryScope", "job"));
        Assert.Equal((SwfMemoryUnit.Bytes, SwfMemoryScope.Job), (options.SwfMemoryUnit, options.SwfMemoryScope));
        Assert.Equal(SwfMemoryUnit.Kilobytes, Apply("swf", ("memoryUnit", "bytes"), ("memoryUnit", "kilobytes")).SwfMemoryUnit);
        options = Apply("philly", ("cpuPerGpu", "500m"), ("memoryPerGpu", "1Gi"));
        Assert.Equal((500, 1L << 30), (options.PhillyCpuMilliPerGpu, options.PhillyMemoryBytesPerGpu));
    }

    [Theory]
    [InlineData("swf", "memoryUnits", "bytes", "memoryUnits", "memoryUnit")]
    [InlineData("swf", "memoryUnit", "byte", "memoryUnit", "bytes")]
    [InlineData("swf", "memoryScope", "", "memoryScope", null)]
    [InlineData("swf", "cpuPerGpu", "1", "cpuPerGpu", null)]
    [InlineData("openb", "memoryUnit", "bytes", "memoryUnit", null)]
    [InlineData("philly", "cpuPerGpu", "-1", "cpuPerGpu", null)]
    [InlineData("philly", "memoryPerGpu", "1.1.M", "memoryPerGpu", null)]
    [InlineData("philly", "memoryPerGpu", "9223372036854775808", "memoryPerGpu", null)]
    public void A_bad_setting_is_named_with_the_nearest_good_one(string format, string setting, string value, string field, string? nearest)
    {
        TraceReadOptions options = new();
        InputProblem? problem = TraceSettings.Apply(TraceReaderCatalog.Get(format, "x"), setting, value, ref options);
        Assert.NotNull(problem);
        Assert.Equal((field, nearest), (problem.Field, problem.Nearest));
        Assert.Equal(new TraceReadOptions(), options);
    }

    private static TraceReadOptions Apply(string format, params (string Name, string Value)[] settings)
    {
        TraceReadOptions options = new();
        foreach ((string name, string value) in settings) Assert.Null(TraceSettings.Apply(TraceReaderCatalog.Get(format, "x"), name, value, ref options));
        return options;
    }
}
