using Microsoft.CodeAnalysis;

namespace Orleans.Embedded.Generator;

/// <summary>One method of a grain interface: what is wrong with it, how a proxy calls it, and its call class.</summary>
internal sealed class GrainCall
{
    private readonly INamedTypeSymbol _interface;
    private readonly IMethodSymbol _method;
    private readonly IParameterSymbol[] _arguments;
    private readonly bool _hasToken;
    private readonly Returns _returns;
    private readonly ITypeSymbol? _result;

    public GrainCall(INamedTypeSymbol @interface, IMethodSymbol method, int index)
    {
        _interface = @interface;
        _method = method;
        ClassName = $"{@interface.Identifier()}_{method.Name}_{index}";
        _hasToken = method.Parameters.Length > 0 && IsToken(method.Parameters[method.Parameters.Length - 1]);
        _arguments = method.Parameters.Take(method.Parameters.Length - (_hasToken ? 1 : 0)).ToArray();
        _result = (method.ReturnType as INamedTypeSymbol)?.TypeArguments.FirstOrDefault();
        _returns = method.ReturnsVoid ? Returns.Nothing : method.ReturnType.OriginalDefinition.Name() switch
        {
            "System.Threading.Tasks.Task" => Returns.Task,
            "System.Threading.Tasks.ValueTask" => Returns.ValueTask,
            "System.Threading.Tasks.Task<TResult>" => Returns.TaskOf,
            "System.Threading.Tasks.ValueTask<TResult>" => Returns.ValueTaskOf,
            "System.Collections.Generic.IAsyncEnumerable<T>" => Returns.Stream,
            _ => Returns.Invalid,
        };
    }

    private enum Returns
    {
        Invalid,
        Nothing,
        Task,
        ValueTask,
        TaskOf,
        ValueTaskOf,
        Stream,
    }

    public string ClassName { get; }

    private bool IsOneWay => _returns == Returns.Nothing || _method.Has("Orleans.Concurrency.OneWayAttribute");

    private bool HasResult => _returns is Returns.TaskOf or Returns.ValueTaskOf;

    private string Target => $"(({_method.ContainingType.Code()})target)";

    private string Arguments => string.Join(", ", _arguments.Select((_, i) => $"Argument{i}").Concat(_hasToken ? ["CancellationToken"] : []));

    public void Check(List<Problem> problems)
    {
        var at = _method.Locations[0].IsInSource ? (ISymbol)_method : _interface;
        var name = _method.ToDisplayString();
        if (_returns == Returns.Invalid)
        {
            problems.Add(new(Rules.ReturnType, at, name, _method.ReturnType.Name()));
        }

        if (_method.IsGenericMethod)
        {
            problems.Add(new(Rules.GenericMethod, at, name));
        }

        if (_returns is Returns.TaskOf or Returns.ValueTaskOf or Returns.Stream && IsOneWay)
        {
            problems.Add(new(Rules.OneWayResult, at, name));
        }

        if (_arguments.Any(IsToken))
        {
            problems.Add(new(Rules.TokenPosition, at, name));
        }

        foreach (var parameter in _method.Parameters.Where(p => p.RefKind != RefKind.None))
        {
            problems.Add(new(Rules.ByReference, at, name, parameter.Name));
        }
    }

    public void EmitProxyMethod(SourceBuilder source)
    {
        var parameters = string.Join(", ", _method.Parameters.Select(p => $"{p.Type.Code()} @{p.Name}"));
        var assignments = _arguments.Select((p, i) => $"Argument{i} = @{p.Name}").Concat(_hasToken ? [$"CancellationToken = @{_method.Parameters.Last().Name}"] : []);
        var request = $"new {ClassName} {{ {string.Join(", ", assignments)} }}";
        source.Open($"{_method.ReturnType.Code()} {_method.ContainingType.Code()}.{_method.Name}({parameters})");
        source.Line((_returns, IsOneWay) switch
        {
            (Returns.Nothing, _) => $"Sender.InvokeOneWay(this, {request});",
            (Returns.Task, false) => $"return Sender.InvokeAsync(this, {request}).AsTask();",
            (Returns.ValueTask, false) => $"return Sender.InvokeAsync(this, {request});",
            (_, true) => $"Sender.InvokeOneWay(this, {request});",
            (Returns.TaskOf, _) => $"return Sender.InvokeAsync<{_result!.Code()}>(this, {request}).AsTask();",
            (Returns.ValueTaskOf, _) => $"return Sender.InvokeAsync<{_result!.Code()}>(this, {request});",
            _ => $"return Sender.Enumerate<{_result!.Code()}>(this, {request});",
        });
        if (IsOneWay && _returns is Returns.Task or Returns.ValueTask)
        {
            source.Line(_returns == Returns.Task ? "return Task.CompletedTask;" : "return default;");
        }

        source.Close();
    }

    public void EmitClass(SourceBuilder source)
    {
        var @base = _returns == Returns.Stream ? $"StreamInvokable<{_result!.Code()}>" : HasResult ? $"Invokable<{_result!.Code()}>" : "Invokable";
        source.Line().Open($"internal sealed class {ClassName} : {@base}");
        EmitDescription(source);
        for (var i = 0; i < _arguments.Length; i++)
        {
            source.Line($"public {_arguments[i].Type.Code()} Argument{i};");
        }

        source.Line().Line("public override GrainMethod Method => Description;").Line();
        EmitInvoke(source);
        EmitCopy(source.Line());
        if (_arguments.Length > 0)
        {
            EmitArguments(source.Line());
        }

        source.Close();
    }

    private static bool IsToken(IParameterSymbol parameter) => parameter.Type.Name() == "System.Threading.CancellationToken";

    private void EmitDescription(SourceBuilder source)
    {
        var flags = new[]
        {
            (IsOneWay, "OneWay"),
            (_method.Has("Orleans.Concurrency.ReadOnlyAttribute"), "ReadOnly"),
            (_method.Has("Orleans.Concurrency.AlwaysInterleaveAttribute"), "AlwaysInterleave"),
            (_hasToken, "HasCancellationToken"),
            (_returns == Returns.Stream, "Stream"),
        };
        var set = string.Join(" | ", flags.Where(f => f.Item1).Select(f => "GrainMethodFlags." + f.Item2).DefaultIfEmpty("GrainMethodFlags.None"));
        var timeout = _method.Attribute("Orleans.ResponseTimeoutAttribute")?.ConstructorArguments[0].Value is string text
            ? $", ResponseTimeout = new global::Orleans.ResponseTimeoutAttribute({Symbols.Literal(text)}).Timeout"
            : "";
        var types = string.Join(", ", _method.Parameters.Select(p => $"typeof({p.Type.Code()})"));
        source
            .Line($"public static readonly GrainMethod Description = new(typeof({_method.ContainingType.Code()}), {Symbols.Literal(_method.Name)}, {Symbols.Literal(WireName())},")
            .Line($"    new Type[] {{ {types} }}, static () => new {ClassName}()) {{ Flags = {set}{timeout} }};")
            .Line();
    }

    // interface/method, where an inherited method is preceded by the interface that declares it.
    private string WireName()
    {
        var inherited = SymbolEqualityComparer.Default.Equals(_method.ContainingType, _interface) ? "" : _method.ContainingType.WireName() + ".";
        var name = _method.Attribute("Orleans.AliasAttribute")?.ConstructorArguments[0].Value as string
            ?? $"{_method.Name}({string.Join(",", _method.Parameters.Select(p => p.Type.Name()))})";
        return $"{_interface.WireName()}/{inherited}{name}";
    }

    private void EmitInvoke(SourceBuilder source)
    {
        if (_returns == Returns.Stream)
        {
            source.Line($"public override {_method.ReturnType.Code()} Open(object target) => {Target}.{_method.Name}({Arguments});");
            return;
        }

        source.Open("public override ValueTask InvokeAsync(object target)");
        var call = $"{Target}.{_method.Name}({Arguments})";
        switch (_returns)
        {
            case Returns.Nothing:
                source.Line($"{call};").Line("return default;");
                break;
            case Returns.Task:
                source.Line($"return new ValueTask({call});");
                break;
            case Returns.ValueTask:
                source.Line($"return {call};");
                break;
            default:
                // No state machine for a method that has finished already.
                source
                    .Line($"var task = {call};")
                    .Open("if (task.IsCompletedSuccessfully)")
                    .Line("Result = task.Result;")
                    .Line("return default;")
                    .Close()
                    .Line()
                    .Line("return Await(this, task);")
                    .Line()
                    .Line($"static async ValueTask Await({ClassName} self, {_method.ReturnType.Code()} running) => self.Result = await running;");
                break;
        }

        source.Close();
    }

    private void EmitCopy(SourceBuilder source)
    {
        var copies = _arguments.Select((p, i) =>
            p.Type.IsKnownImmutable() || p.Has("Orleans.ImmutableAttribute") ? $"Argument{i} = Argument{i}" : $"Argument{i} = DeepCopier.Copy(Argument{i})");
        source.Line($"public override Invokable Copy() => new {ClassName} {{ {string.Join(", ", copies)} }};");
    }

    private void EmitArguments(SourceBuilder source)
    {
        source.Open("public override void WriteArguments(WireWriter writer)");
        Each((i, type) => $"writer.Write<{type}>(Argument{i});");
        source.Close().Line().Open("public override void ReadArguments(ref WireReader reader)");
        Each((i, type) => $"Argument{i} = reader.Read<{type}>();");
        source.Close().Line().Open("public override object GetArgument(int index) => index switch");
        Each((i, _) => $"{i} => Argument{i},");
        source.Line("_ => base.GetArgument(index),").Close(";").Line().Open("public override void SetArgument(int index, object value)").Open("switch (index)");
        Each((i, type) => $"case {i}: Argument{i} = ({type})value; break;");
        source.Line("default: base.SetArgument(index, value); break;").Close().Close();

        void Each(System.Func<int, string, string> line)
        {
            for (var i = 0; i < _arguments.Length; i++)
            {
                source.Line(line(i, _arguments[i].Type.Code()));
            }
        }
    }
}
