using System.Diagnostics;
using Granary.Engine.Kv;
using Granary.Engine.Tests.Toy;
using Granary.Serving;

namespace Granary.Engine.Tests.Kv;

/// <summary>A disk that does not answer: files that are pipes, which nobody writes to.</summary>
public sealed class HungDiskTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("granary-kv-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task GenerateAsync_disk_that_hangs_costs_the_timeout_once_and_nothing_of_the_output()
    {
        var log = new RecordedLog();
        int[] prompt = [.. Enumerable.Range(0, 100).Select(i => 1 + (i % 50))];
        int[] other = [.. prompt.Reverse()];
        var options = new EngineOptions
        {
            Slots = 2, SlotTokens = 256, KvBlockTokens = 16, KvDiskFolder = _folder.FullName, KvDiskTimeout = TimeSpan.FromMilliseconds(200),
        };
        int[] expected;
        await using (ToyEngine first = await ToyEngine.StartAsync(options))
        {
            expected = await ReadAsync(first, prompt);
            await ReadAsync(first, other);
        }

        ToyEngine second = await ToyEngine.StartAsync(options, logger: log); // knows the files from here on
        string[] files = Directory.GetFiles(_folder.FullName, "*.kv", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            File.Delete(file);
            using Process mkfifo = Process.Start("mkfifo", file);
            await mkfifo.WaitForExitAsync();
            Assert.Equal(0, mkfifo.ExitCode);
        }

        List<FileStream> ends = [];
        try
        {
            Assert.Equal(expected, await ReadAsync(second, prompt));
            await ReadAsync(second, other);
            Assert.Single(log.Entries, entry => entry.Id.Id == 2026); // the other one does not wait again
        }
        finally
        {
            ends.AddRange(files.Select(file => new FileStream(file, FileMode.Open, FileAccess.ReadWrite))); // lets the reader go
            await second.DisposeAsync();
            ends.ForEach(end => end.Dispose());
        }
    }

    private static async Task<int[]> ReadAsync(ToyEngine toy, int[] prompt)
    {
        List<int> tokens = [];
        await foreach (EngineOutput output in toy.Engine.GenerateAsync(new EngineRequest { RequestId = "r", Prompt = prompt, Sampling = new() { MaxTokens = 10, Temperature = 0 } }))
        {
            tokens.AddRange(output.Tokens);
        }

        return [.. tokens];
    }
}
