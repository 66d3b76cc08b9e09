namespace SchedBench.Reporting; internal static class Placeholder;
