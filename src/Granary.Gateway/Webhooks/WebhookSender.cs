using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Granary.Tenants;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Webhooks;

/// <summary>
/// Tells a receiver of an alert, once. Headers and signature are those of the Standard Webhooks specification: <c>webhook-id</c> is the same in every attempt,
/// <c>webhook-timestamp</c> is the attempt's, and <c>webhook-signature</c> is <c>v1,</c> and the HMAC-SHA256 of <c>ID.TIMESTAMP.BODY</c> in base 64.
/// </summary>
internal sealed class WebhookSender : IWebhookSender, IDisposable
{
    private readonly WebhookTargets _targets;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    public WebhookSender(WebhookTargets targets, IOptions<WebhookOptions> options, TimeProvider time)
    {
        (_targets, _time) = (targets, time);
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false, // it would resolve names in our place
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectCallback = (context, cancellationToken) => targets.ConnectAsync(context.DnsEndPoint, cancellationToken),
        })
        {
            Timeout = options.Value.Timeout,
        };
    }

    public void Check(string url) => _targets.Check(url);

    public async Task<string?> SendAsync(string tenant, Webhook webhook, TokenAlert alert)
    {
        try
        {
            using var request = Request(tenant, webhook, alert);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false); // not on the grain's scheduler, which has better to do
            return response.IsSuccessStatusCode ? null : string.Create(CultureInfo.InvariantCulture, $"the receiver answered with {(int)response.StatusCode}");
        }
        catch (TaskCanceledException)
        {
            return "the receiver did not answer in time";
        }
        catch (Exception exception)
        {
            return exception.Message; // whatever it is, the next alert waits behind it
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(string tenant, Webhook webhook, TokenAlert alert)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                type = "tenant.tokens",
                timestamp = alert.At,
                data = new { tenant, limit = alert.Kind == QuotaKind.DayTokens ? "day" : "month", period = alert.Period, percent = alert.Percent, limitTokens = alert.Limit, usedTokens = alert.Used },
            },
            JsonSerializerOptions.Web);
        var timestamp = _time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{alert.Id}.{timestamp}."), .. body];
        return new HttpRequestMessage(HttpMethod.Post, webhook.Url)
        {
            Version = HttpVersion.Version11,
            Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } },
            Headers =
            {
                { "webhook-id", alert.Id },
                { "webhook-timestamp", timestamp },
                { "webhook-signature", $"v1,{Convert.ToBase64String(HMACSHA256.HashData(webhook.Secret, signed))}" },
            },
        };
    }
}
