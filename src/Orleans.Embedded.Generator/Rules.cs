using Microsoft.CodeAnalysis;

namespace Orleans.Embedded.Generator;

/// <summary>What users are told.</summary>
internal static class Rules
{
    public static readonly DiagnosticDescriptor ReturnType = Error("OREMB001", "Grain methods are asynchronous", "'{0}' returns '{1}': a grain method returns Task, Task<T>, ValueTask, ValueTask<T>, IAsyncEnumerable<T>, or void for a call nobody waits for");
    public static readonly DiagnosticDescriptor DuplicateId = Error("OREMB002", "Ids are unique in a type", "'{0}' and '{1}' both have [Id({2})]");
    public static readonly DiagnosticDescriptor NoIds = Warning("OREMB003", "Members need an Id to be serialised", "'{0}' has [GenerateSerializer] but no member with [Id]: nothing of it travels");
    public static readonly DiagnosticDescriptor Inaccessible = Error("OREMB004", "Generated code must see the type", "'{0}' must be public or internal, and so must the types that contain it");
    public static readonly DiagnosticDescriptor GenericMethod = Error("OREMB005", "Grain methods are not generic", "'{0}' has type parameters, which this engine does not support");
    public static readonly DiagnosticDescriptor ByReference = Error("OREMB006", "Arguments travel by value", "Parameter '{1}' of '{0}' is passed by reference");
    public static readonly DiagnosticDescriptor OneWayResult = Error("OREMB007", "A one-way call has no result", "'{0}' is [OneWay] and so must return Task, ValueTask or void");
    public static readonly DiagnosticDescriptor NotAMethod = Error("OREMB008", "Grain interfaces have methods alone", "'{0}' is a property or an event; a grain interface has methods alone");
    public static readonly DiagnosticDescriptor GenericInterface = Warning("OREMB009", "Generic grain interfaces get no proxy", "'{0}' or a type that contains it is generic, which this engine does not support");
    public static readonly DiagnosticDescriptor Predicate = Error("OREMB010", "MayInterleave names a method", "[MayInterleave] of '{0}' must name a public or internal method 'bool {1}(IInvokable)'");
    public static readonly DiagnosticDescriptor TokenPosition = Error("OREMB011", "The cancellation token comes last", "'{0}' may have one CancellationToken, as its last parameter");

    private static DiagnosticDescriptor Error(string id, string title, string message) => new(id, title, message, "Orleans", DiagnosticSeverity.Error, true);

    private static DiagnosticDescriptor Warning(string id, string title, string message) => new(id, title, message, "Orleans", DiagnosticSeverity.Warning, true);
}
