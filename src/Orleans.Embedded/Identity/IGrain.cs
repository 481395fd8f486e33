namespace Orleans;

/// <summary>Base of grain interfaces.</summary>
public interface IGrain : Runtime.IAddressable;
