namespace Granary.Engine.Execution.Cuda;

/// <summary>A GPU, its driver or its libraries are missing or failed; the message says what to do where anything can be done.</summary>
internal sealed class CudaException(string message, Exception? innerException = null) : Exception(message, innerException);
