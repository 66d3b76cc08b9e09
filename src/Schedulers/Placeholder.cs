namespace SchedBench.Schedulers; internal static class Placeholder;
