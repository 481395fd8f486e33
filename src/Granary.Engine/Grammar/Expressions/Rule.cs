namespace Granary.Engine.Grammar.Expressions;

/// <summary>A named expression that others call, itself included. It must not match the empty text.</summary>
/// <param name="name">For messages: where in the schema it comes from.</param>
internal sealed class Rule(string name)
{
    public string Name => name;

    /// <summary>Set once, after whatever the body refers to exists.</summary>
    public Expression? Body { get; set; }
}
