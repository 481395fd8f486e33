namespace Granary.Models.Catalog;

/// <summary>How far an import is. Reported at most about ten times a second, and once at the end of each stage.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="BytesDone">Bytes read and written so far.</param>
/// <param name="BytesTotal">Bytes to read and write in all; 0 while that is not known.</param>
/// <param name="BytesPerSecond">Mean rate since the start.</param>
public readonly record struct ImportProgress(ImportStage Stage, long BytesDone, long BytesTotal, double BytesPerSecond);
