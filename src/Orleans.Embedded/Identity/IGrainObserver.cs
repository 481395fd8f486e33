namespace Orleans;

/// <summary>Base of interfaces through which grains call back objects outside the cluster's grains.</summary>
public interface IGrainObserver : Runtime.IAddressable;
