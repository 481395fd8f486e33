using System.Text;
using System.Text.Json;
using Granary.Chaos.Clients;

namespace Granary.Chaos.Ledgers;

/// <summary>Holds what a reader was shown of a completion against what another gateway shows of it, and against what was asked for.</summary>
internal static class CompletionCheck
{
    public static async Task RunAsync(CompletionLedger ledger, GatewayPool gateways, Journal journal, Random random, CancellationToken cancellationToken)
    {
        var again = new CompletionLedger(journal, ledger.Ask);
        await new CompletionReader(gateways, journal, random).ReplayAsync(again, ledger.Id!, cancellationToken);
        if (again.IsDone)
        {
            Compare(ledger, again, journal);
        }

        CheckContent(ledger, journal);
    }

    private static void Compare(CompletionLedger ledger, CompletionLedger again, Journal journal)
    {
        for (var index = 0; index < Math.Max(ledger.Events.Count, again.Events.Count); index++)
        {
            var (one, other) = (ledger.Events.ElementAtOrDefault(index), again.Events.ElementAtOrDefault(index));
            if (one is null || other is null || one != other)
            {
                journal.Differs("difference", ledger.Where, $"event {index} was {one}, read again it is {other}");
                return;
            }
        }
    }

    private static void CheckContent(CompletionLedger ledger, Journal journal)
    {
        var choices = ledger.Ask.Kind == CompletionKind.Several ? 3 : 1;
        var (texts, arguments, reasons) = (new StringBuilder[choices], new StringBuilder(), new List<string>[choices]);
        for (var choice = 0; choice < choices; choice++)
        {
            (texts[choice], reasons[choice]) = (new StringBuilder(), []);
        }

        foreach (var item in ledger.Events.Where(item => item.Data != "[DONE]"))
        {
            using var document = JsonDocument.Parse(item.Data);
            foreach (var choice in document.RootElement.GetProperty("choices").EnumerateArray())
            {
                Add(choice);
            }
        }

        for (var choice = 0; choice < choices; choice++)
        {
            if (reasons[choice] is not [var reason])
            {
                journal.Differs("difference", ledger.Where, $"choice {choice} ended {reasons[choice].Count} times");
            }
            else if (ledger.Ask.Kind is CompletionKind.Schema or CompletionKind.Tool && reason != "length")
            {
                RequireJson(ledger.Ask.Kind == CompletionKind.Tool ? arguments.ToString() : texts[choice].ToString());
            }
        }

        void Add(JsonElement choice)
        {
            var index = choice.GetProperty("index").GetInt32();
            var delta = choice.GetProperty("delta");
            if (delta.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String)
            {
                texts[index].Append(content.GetString());
            }

            if (delta.TryGetProperty("tool_calls", out var calls) && calls.ValueKind == JsonValueKind.Array)
            {
                arguments.Append(string.Concat(calls.EnumerateArray().Select(call => call.GetProperty("function").GetProperty("arguments").GetString())));
            }

            if (choice.TryGetProperty("finish_reason", out var reason) && reason.ValueKind == JsonValueKind.String)
            {
                reasons[index].Add(reason.GetString()!);
            }
        }

        void RequireJson(string text)
        {
            try
            {
                using var document = JsonDocument.Parse(text);
                _ = document.RootElement.GetProperty("likes").GetArrayLength();
            }
            catch (Exception failure) when (failure is JsonException or KeyNotFoundException)
            {
                journal.Differs("difference", ledger.Where, $"not the JSON that was asked for: {text}");
            }
        }
    }
}
