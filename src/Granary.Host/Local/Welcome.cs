namespace Granary.Host.Local;

/// <summary>What <c>up</c> says at its end: the address, three things to try, and at the first start the operator key.</summary>
internal static class Welcome
{
    public static void Print(Progress progress, LocalState state, GranaryPaths paths, string? firstKey)
    {
        var gateways = state.Processes.Where(process => process.Url is not null).ToList();
        progress.Done($"Granary is up: {gateways[0].Url}");
        foreach (var gateway in gateways.Skip(1))
        {
            progress.Done($"               {gateway.Url}  ({gateway.Name})");
        }

        progress.Done($"""

            Try:
              1. open {gateways[0].Url} in a browser and say hello
              2. deploy/granary chat "Hello"
              3. curl {gateways[0].Url}v1/chat/completions -H 'content-type: application/json' \
                   -d '{"{"}"model":"granary-chat","messages":[{"{"}"role":"user","content":"What is Kubernetes?"{"}"}]{"}"}'

            Logs: {paths.Logs}   Stop: deploy/down
            """);
        if (firstKey is not null)
        {
            progress.Done($"""

                Operator key, shown this once: {firstKey}
                From this machine no key is needed (docs/IDENTITY.md).
                """);
        }
    }
}
