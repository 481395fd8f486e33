namespace Granary.Engine.Grammar.Schema;

/// <summary>A schema with its references followed and <c>allOf</c> dissolved: parts that must all hold, and choices between others.</summary>
/// <param name="Parts">Their own keywords alone count.</param>
/// <param name="Alternatives">Of each one branch, or exactly one, must hold.</param>
/// <param name="IsNothing">Whether no value can be valid.</param>
internal sealed record FlatSchema(List<SchemaPart> Parts, List<SchemaAlternatives> Alternatives, bool IsNothing);

/// <summary>The branches of <c>anyOf</c> or <c>oneOf</c>.</summary>
internal sealed record SchemaAlternatives(SchemaPart Owner, bool IsExclusive, List<SchemaPart> Branches);
