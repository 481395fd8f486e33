using System.CommandLine;
using Granary.Host.Top;
using Spectre.Console;

namespace Granary.Host.Commands;

/// <summary><c>granary top</c>.</summary>
internal static class TopCommand
{
    private const int WholeWidth = 1000;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KeyPeriod = TimeSpan.FromMilliseconds(50);

    public static Command Create()
    {
        var once = new Option<bool>("--once") { Description = "Print one table and end: what happened within a second." };
        var url = GatewayUrl.Option();
        var command = new Command("top", "Watch silos, streams, tokens a second, queues and KV caches. q quits.") { once, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = new ClusterClient(GatewayUrl.Resolve(parsed.GetValue(url)));
            var watch = new ClusterWatch(cluster, TimeProvider.System);
            if (parsed.GetValue(once))
            {
                await PrintAsync(watch, cancellationToken);
            }
            else if (System.Console.IsInputRedirected || System.Console.IsOutputRedirected)
            {
                throw new CommandException("top needs a terminal; --once prints one table");
            }
            else
            {
                await ShowAsync(watch, cancellationToken);
            }

            return 0;
        });
        return command;
    }

    private static async Task PrintAsync(ClusterWatch watch, CancellationToken cancellationToken)
    {
        var before = await watch.LookAsync(cancellationToken);
        await Task.Delay(Period, cancellationToken);
        if (System.Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = WholeWidth; // a script has all columns
        }

        AnsiConsole.Write(TopTable.Create(before, await watch.LookAsync(cancellationToken), TimeProvider.System, AnsiConsole.Profile.Width));
    }

    private static async Task ShowAsync(ClusterWatch watch, CancellationToken cancellationToken)
    {
        var before = await watch.LookAsync(cancellationToken);
        await AnsiConsole.Live(TopTable.Create(before, before, TimeProvider.System, AnsiConsole.Profile.Width)).AutoClear(true).StartAsync(async live =>
        {
            while (!await IsQuitAsync(cancellationToken))
            {
                var now = await watch.LookAsync(cancellationToken);
                live.UpdateTarget(TopTable.Create(before, now, TimeProvider.System, AnsiConsole.Profile.Width));
                before = now;
            }
        });
    }

    /// <summary>Waits for the next look.</summary>
    /// <returns>Whether q was pressed meanwhile.</returns>
    private static async Task<bool> IsQuitAsync(CancellationToken cancellationToken)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(begin) < Period)
        {
            while (System.Console.KeyAvailable)
            {
                if (System.Console.ReadKey(intercept: true).KeyChar is 'q' or 'Q')
                {
                    return true;
                }
            }

            await Task.Delay(KeyPeriod, cancellationToken);
        }

        return false;
    }
}
