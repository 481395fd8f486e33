using Granary.Host.Local;

namespace Granary.Host.Tests.Local;

public sealed class ProgressTests
{
    [Fact]
    public void Step_onATerminal_rewritesOneLine()
    {
        var output = new StringWriter();
        var progress = new Progress(output, rewrite: true, TimeProvider.System);

        progress.Step("one");
        progress.Step("two");
        progress.Done("done");

        Assert.Equal("\r\u001b[Kone\r\u001b[Ktwo\r\u001b[Kdone" + output.NewLine, output.ToString());
    }

    [Fact]
    public void Step_inAPipe_saysTheFirstAndThenKeepsQuietForAWhile()
    {
        var output = new StringWriter();
        var progress = new Progress(output, rewrite: false, TimeProvider.System);

        progress.Step("one");
        progress.Step("two");
        progress.Done("done");

        Assert.Equal($"one{output.NewLine}done{output.NewLine}", output.ToString());
    }
}
