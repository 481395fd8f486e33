// Each class starts processes of its own that need ports, memory and both cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
