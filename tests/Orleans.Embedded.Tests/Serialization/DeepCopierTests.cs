using Orleans.Concurrency;

namespace Orleans.Embedded.Tests.Serialization;

public sealed class DeepCopierTests
{
    [Fact]
    public void Copy_mutable_graph_shares_nothing()
    {
        var original = Everything.Filled();

        var copy = DeepCopier.Copy(original);
        original.Map!["x"].Clear();
        original.Bytes![0] = 99;
        ((Circle)((Group)original.Shape!).Parts[0]).Radius = 99;
        ((List<object>)original.Any!).Clear();
        original.Inner!.Flag = false;

        Assert.Equal(new Point(1, -2), copy.Map!["X"][0]);
        Assert.Equal(1, copy.Bytes![0]);
        Assert.Equal(2.5, ((Circle)((Group)copy.Shape!).Parts[0]).Radius);
        Assert.Equal(5, ((List<object>)copy.Any!).Count);
        Assert.True(copy.Inner!.Flag);
    }

    [Fact]
    public void Copy_immutable_values_is_the_same_reference()
    {
        var frozen = new Frozen { Numbers = [1] };
        var text = new string('a', 3);
        var list = new List<int> { 1 };
        var error = new CodedException(1, "m");

        Assert.Same(frozen, DeepCopier.Copy(frozen));
        Assert.Same(frozen, DeepCopier.Copy<object>(frozen));
        Assert.Same(text, DeepCopier.Copy(text));
        Assert.Same(list, DeepCopier.Copy(list.AsImmutable()).Value);
        Assert.Same(error, DeepCopier.Copy<Exception>(error));
    }

    [Fact]
    public void Copy_derived_type_keeps_the_type()
    {
        var copy = DeepCopier.Copy<Positional>(new DerivedPositional("n", 1, 2));

        Assert.Equal(new DerivedPositional("n", 1, 2), copy);
    }
}
