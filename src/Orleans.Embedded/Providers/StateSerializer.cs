using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Orleans.Storage;

/// <summary>Grain state as JSON, which is what Orleans' providers store unless told otherwise.</summary>
internal static class StateSerializer
{
    private static readonly JsonSerializerOptions Options = new()
    {
        IncludeFields = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { UsePrivateSetters } },
    };

    public static byte[] Serialize<T>(T state) => JsonSerializer.SerializeToUtf8Bytes(state, Options);

    /// <exception cref="JsonException">The record was written as something else.</exception>
    public static T Deserialize<T>(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<T>(json, Options)!;

    /// <summary>What a grain finds where nothing is stored.</summary>
    public static T CreateEmpty<T>()
    {
        var type = typeof(T);
        if (type == typeof(string) || type.IsArray || type.IsAbstract)
        {
            return default!;
        }

        return type.IsValueType || type.GetConstructor(Type.EmptyTypes) is not null
            ? Activator.CreateInstance<T>()
            : (T)RuntimeHelpers.GetUninitializedObject(type);
    }

    private static void UsePrivateSetters(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.Set is null && property.AttributeProvider is System.Reflection.PropertyInfo { SetMethod: { } } source)
            {
                property.Set = source.SetValue;
            }
        }
    }
}
