// Each of these runs measures the machine: two at a time would measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
