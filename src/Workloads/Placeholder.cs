namespace SchedBench.Workloads; internal static class Placeholder;
