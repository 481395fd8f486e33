namespace Orleans;

/// <summary>An <see cref="IIncomingGrainCallFilter"/> as a function.</summary>
public delegate Task IncomingGrainCallFilterDelegate(IIncomingGrainCallContext context);
