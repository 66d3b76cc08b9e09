namespace SchedBench.Schedulers.Tests; public class PlaceholderTests { [Fact] public void Builds() => Assert.True(true); }
