namespace Orleans.Runtime;

/// <summary>Runs once when the silo has become active; its failure stops the start.</summary>
public interface IStartupTask
{
    /// <summary>Runs.</summary>
    Task Execute(CancellationToken cancellationToken);
}
