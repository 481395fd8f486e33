using Granary.Gateway.Identity;
using Granary.Gateway.Identity.Keys;
using Granary.Identity;
using Granary.Serving;
using Microsoft.Extensions.Options;

namespace Granary.Host.Silo;

/// <summary>Makes an installation's first operator key at its first start, and shows it this once: it is stored as a hash.</summary>
internal sealed partial class FirstKey(IGrainFactory grains, IOptions<IdentityOptions> options, TimeProvider time, ILogger<FirstKey> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Part of the start, so that a silo that is ready has shown its key.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await MakeAsync(cancellationToken).WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotMade(failure is IOException or UnauthorizedAccessException ? failure.Message : GrainErrors.Translate(failure).Message);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task MakeAsync(CancellationToken cancellationToken)
    {
        var installation = grains.GetGrain<IInstallationGrain>(IInstallationGrain.Key);
        if (await installation.HasBegunAsync())
        {
            return;
        }

        var secret = KeySecret.New(OwnedKey.LocalTenant);
        var file = options.Value.FirstKeyFile;
        var isWritten = file is not null && !File.Exists(file);
        if (isWritten)
        {
            await WriteAsync(file!, secret, cancellationToken); // before it holds: a key that could not be shown would be lost
        }
        else if (file is not null)
        {
            secret = await ReadAsync(file, cancellationToken);
        }

        var key = secret.ToStored(OwnedKey.LocalTenant, "first operator key", CallerRole.Operator, KeyScopes.All, time.GetUtcNow(), lifetime: null);
        var isFirst = await installation.BeginAsync(key);
        if (!isFirst && isWritten)
        {
            File.Delete(file!); // another silo was first
        }
        else if (isFirst && file is not null && !isWritten)
        {
            LogTaken(file);
        }
        else if (isFirst && file is null)
        {
            System.Console.WriteLine($"granary: the operator key, shown this once: {secret}");
        }
    }

    private static async Task WriteAsync(string file, KeySecret secret, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(secret.ToString()), cancellationToken);
    }

    /// <summary>The key that a start left which then broke off.</summary>
    /// <exception cref="IOException">There is none in the file. It is somebody else's, and stays.</exception>
    private static async Task<KeySecret> ReadAsync(string file, CancellationToken cancellationToken) =>
        KeySecret.TryParse((await File.ReadAllTextAsync(file, cancellationToken)).Trim(), out var secret) && KeyId.RingOfId(secret.Id) == KeyId.RingOf(OwnedKey.LocalTenant)
            ? secret
            : throw new IOException($"the file '{file}' is there, holds no operator key and is not written over; move it away");

    [LoggerMessage(5010, LogLevel.Warning, "The first operator key could not be made; the next start tries again ({Reason})")]
    private partial void LogNotMade(string reason);

    [LoggerMessage(5012, LogLevel.Warning, "The key that '{File}' held already is the operator key of this new installation. If you did not expect that, make another and revoke it")]
    private partial void LogTaken(string file);
}
