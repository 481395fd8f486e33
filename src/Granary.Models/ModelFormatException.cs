namespace Granary.Models;

/// <summary>A model folder that cannot be read or imported. The message names the file, the tensor or key if there is one, and what to do.</summary>
public sealed class ModelFormatException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="file">The file at fault, as the caller would find it.</param>
    /// <param name="problem">What is wrong and what to do about it, as one or two sentences.</param>
    /// <param name="tensor">The tensor at fault, if there is one.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public ModelFormatException(string file, string problem, string? tensor = null, Exception? innerException = null)
        : base(tensor is null ? $"{file}: {problem}" : $"{file}: tensor '{tensor}': {problem}", innerException)
    {
        File = file;
        Tensor = tensor;
    }

    /// <summary>The file at fault.</summary>
    public string File { get; }

    /// <summary>The tensor at fault, if there is one.</summary>
    public string? Tensor { get; }
}
