using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Orleans.Embedded.Generator;

namespace Orleans.Embedded.Tests.Generator;

public sealed class DiagnosticsTests
{
    [Theory]
    [InlineData("public interface IBad : IGrainWithStringKey { int Get(); }", "OREMB001")]
    [InlineData("[GenerateSerializer] public class Bad { [Id(0)] public int A { get; set; } [Id(0)] public int B { get; set; } }", "OREMB002")]
    [InlineData("[GenerateSerializer] public class Bad { public int A { get; set; } }", "OREMB003")]
    [InlineData("public class Outer { [GenerateSerializer] private class Bad { [Id(0)] public int A { get; set; } } }", "OREMB004")]
    [InlineData("public interface IBad : IGrainWithStringKey { Task Get<T>(T t); }", "OREMB005")]
    [InlineData("public interface IBad : IGrainWithStringKey { Task Get(ref int t); }", "OREMB006")]
    [InlineData("public interface IBad : IGrainWithStringKey { [Orleans.Concurrency.OneWay] Task<int> Get(); }", "OREMB007")]
    [InlineData("public interface IBad : IGrainWithStringKey { int Size { get; } }", "OREMB008")]
    [InlineData("public interface IBad<T> : IGrainWithStringKey { Task Get(); }", "OREMB009")]
    [InlineData("public interface IGood : IGrainWithStringKey { Task Get(); } [Orleans.Concurrency.MayInterleave(\"None\")] public class G : IGrain, IGood { public Task Get() => Task.CompletedTask; }", "OREMB010")]
    [InlineData("public interface IBad : IGrainWithStringKey { Task Get(System.Threading.CancellationToken token, int last); }", "OREMB011")]
    public void Generate_wrong_code_reports(string code, string expected)
    {
        var (_, reported) = Run(code);

        Assert.Equal([expected], reported.Select(d => d.Id));
        Assert.True(reported[0].Location.GetLineSpan().IsValid);
    }

    [Fact]
    public void Generate_right_code_compiles_without_a_word()
    {
        var (compilation, reported) = Run("""
            [GenerateSerializer] public record struct R(int A, string B);
            [GenerateSerializer] public class G<T> where T : class, new() { [Id(0)] public required T Value { get; init; } [Id(1)] public (int X, string? Y)[]? Pairs { get; set; } }
            public interface IGood : IGrainWithStringKey { Task<R> Get(string @class, int? n = null, CancellationToken token = default); }
            public partial class GoodGrain : IGrain, IGood { public Task<R> Get(string @class, int? n, CancellationToken token) => Task.FromResult(new R(1, @class)); }
            public partial class GoodGrain { }
            public class Odd : System.Exception { public Odd(string m) : base(m) { } }
            """);

        Assert.Empty(reported);
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity == DiagnosticSeverity.Error));
    }

    [Fact]
    public void Generate_again_after_an_unrelated_edit_reuses_everything()
    {
        var compilation = Compile("[GenerateSerializer] public class A { [Id(0)] public int X { get; set; } }");
        GeneratorDriver driver = CSharpGeneratorDriver.Create([new OrleansGenerator().AsSourceGenerator()], driverOptions: new(default, trackIncrementalGeneratorSteps: true));

        driver = driver.RunGenerators(compilation, TestContext.Current.CancellationToken);
        driver = driver.RunGenerators(compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Unrelated { }", cancellationToken: TestContext.Current.CancellationToken)), TestContext.Current.CancellationToken);

        var outputs = driver.GetRunResult().Results[0].TrackedOutputSteps.SelectMany(s => s.Value).SelectMany(s => s.Outputs).ToArray();
        Assert.NotEmpty(outputs);
        Assert.All(outputs, o => Assert.Equal(IncrementalStepRunReason.Cached, o.Reason));
    }

    private static (Compilation Compilation, Diagnostic[] Reported) Run(string code)
    {
        CSharpGeneratorDriver.Create(new OrleansGenerator()).RunGeneratorsAndUpdateCompilation(Compile(code), out var compilation, out var reported, TestContext.Current.CancellationToken);
        return (compilation, [.. reported]);
    }

    private static CSharpCompilation Compile(string code)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(p => MetadataReference.CreateFromFile(p));
        const string Usings = "#nullable enable\nusing Orleans;\nusing System.Threading;\nusing System.Threading.Tasks;\n";
        return CSharpCompilation.Create("Sample", [CSharpSyntaxTree.ParseText(Usings + code)], references, new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
    }
}
