namespace Granary.Configuration;

/// <summary>The configuration has a wrong key or value. The message is one line that names the file, the key and what is allowed.</summary>
/// <param name="message">That line.</param>
public sealed class GranaryConfigurationException(string message) : Exception(message);
