namespace SchedBench.TestKit; public static class Placeholder;
