namespace SchedBench.Experiments; internal static class Placeholder;
