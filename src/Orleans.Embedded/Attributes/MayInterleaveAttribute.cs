namespace Orleans.Concurrency;

/// <summary>Names a method of the class, <c>bool M(IInvokable request)</c>, that says whether a request may interleave.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class MayInterleaveAttribute(string callbackMethodName) : Attribute
{
    /// <summary>The method's name.</summary>
    public string CallbackMethodName { get; } = callbackMethodName;
}
