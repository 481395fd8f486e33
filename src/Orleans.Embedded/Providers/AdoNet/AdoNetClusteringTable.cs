using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.AdoNet;
using Orleans.Configuration;

namespace Orleans.Runtime.MembershipService;

/// <summary>Membership in OrleansMembershipTable and OrleansMembershipVersionTable.</summary>
/// <remarks>The table's version is the one tag: every change of a row is tied to the version that its writer read.</remarks>
internal sealed class AdoNetClusteringTable(IOptions<AdoNetClusteringSiloOptions> options, IOptions<ClusterOptions> cluster) : IMembershipTable, IAsyncDisposable
{
    private const string DateFormat = "yyyy-MM-dd HH:mm:ss.fff 'GMT'";

    private readonly OrleansQueries _queries = new(options.Value.Invariant, options.Value.ConnectionString);

    private (string, object?) Cluster => ("DeploymentId", cluster.Value.ClusterId);

    public async Task InitializeMembershipTable(bool tryInitTableVersion)
    {
        if (tryInitTableVersion)
        {
            await _queries.TestAsync("InsertMembershipVersionKey", Cluster);
        }
    }

    public Task DeleteMembershipTableEntries(string clusterId) => _queries.ExecuteAsync("DeleteMembershipTableEntriesKey", ("DeploymentId", clusterId));

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) =>
        _queries.ExecuteAsync("CleanupDefunctSiloEntriesKey", Cluster, ("IAmAliveTime", beforeDate.UtcDateTime));

    public Task<MembershipTableData> ReadRow(SiloAddress key) => ReadAsync("MembershipReadRowKey", [Cluster, .. Silo(key)]);

    public Task<MembershipTableData> ReadAll() => ReadAsync("MembershipReadAllKey", [Cluster]);

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => _queries.TestAsync(
        "InsertMembershipKey",
        [
            Cluster,
            .. Silo(entry.SiloAddress),
            ("SiloName", entry.SiloName),
            ("HostName", entry.HostName),
            ("Status", (int)entry.Status),
            ("ProxyPort", entry.ProxyPort),
            ("StartTime", Utc(entry.StartTime)),
            ("IAmAliveTime", Utc(entry.IAmAliveTime)),
            Version(tableVersion),
        ]);

    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => _queries.TestAsync(
        "UpdateMembershipKey",
        [
            Cluster,
            .. Silo(entry.SiloAddress),
            ("Status", (int)entry.Status),
            ("SuspectTimes", Print(entry.SuspectTimes)),
            ("IAmAliveTime", Utc(entry.IAmAliveTime)),
            Version(tableVersion),
        ]);

    public Task UpdateIAmAlive(MembershipEntry entry) =>
        _queries.ExecuteAsync("UpdateIAmAlivetimeKey", [Cluster, .. Silo(entry.SiloAddress), ("IAmAliveTime", Utc(entry.IAmAliveTime))]);

    public ValueTask DisposeAsync() => _queries.DisposeAsync();

    private async Task<MembershipTableData> ReadAsync(string key, (string, object?)[] parameters)
    {
        // The version row comes even where no silo's row does; then the silo's columns are NULL.
        var rows = await _queries.ReadAsync(
            key,
            parameters,
            row => (Entry: row.IsDBNull(row.GetOrdinal("StartTime")) ? null : ReadEntry(row), Version: row.GetInt32(row.GetOrdinal("Version"))));
        if (rows.Count == 0)
        {
            return new MembershipTableData(new TableVersion(0, "0"));
        }

        var version = rows[0].Version;
        return new MembershipTableData(
            [.. rows.Where(row => row.Entry is not null).Select(row => Tuple.Create(row.Entry!, ""))],
            new TableVersion(version, version.ToString(CultureInfo.InvariantCulture)));
    }

    private static MembershipEntry ReadEntry(NpgsqlDataReader row)
    {
        var endpoint = new IPEndPoint(IPAddress.Parse(row.GetString(row.GetOrdinal("Address"))), row.GetInt32(row.GetOrdinal("Port")));
        var (proxyPort, suspectTimes) = (row.GetOrdinal("ProxyPort"), row.GetOrdinal("SuspectTimes"));
        return new MembershipEntry
        {
            SiloAddress = SiloAddress.New(endpoint, row.GetInt32(row.GetOrdinal("Generation"))),
            SiloName = row.GetString(row.GetOrdinal("SiloName")),
            HostName = row.GetString(row.GetOrdinal("HostName")),
            Status = (SiloStatus)row.GetInt32(row.GetOrdinal("Status")),
            ProxyPort = row.IsDBNull(proxyPort) ? 0 : row.GetInt32(proxyPort),
            SuspectTimes = row.IsDBNull(suspectTimes) ? null : Parse(row.GetString(suspectTimes)),
            StartTime = row.GetDateTime(row.GetOrdinal("StartTime")),
            IAmAliveTime = row.GetDateTime(row.GetOrdinal("IAmAliveTime")),
        };
    }

    private static (string, object?)[] Silo(SiloAddress silo) =>
        [("Address", silo.Endpoint.Address.ToString()), ("Port", silo.Endpoint.Port), ("Generation", silo.Generation)];

    private static (string, object?) Version(TableVersion version) => ("Version", int.Parse(version.VersionEtag, CultureInfo.InvariantCulture));

    private static DateTime Utc(DateTime time) => DateTime.SpecifyKind(time, DateTimeKind.Utc);

    // Votes are written silo,date|silo,date.
    private static string? Print(List<Tuple<SiloAddress, DateTime>>? votes) => votes is null
        ? null
        : string.Join('|', votes.Select(vote => $"{vote.Item1.ToParsableString()},{vote.Item2.ToString(DateFormat, CultureInfo.InvariantCulture)}"));

    private static List<Tuple<SiloAddress, DateTime>> Parse(string votes) =>
        [.. votes.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(vote => vote.Split(',')).Select(vote => Tuple.Create(
            SiloAddress.FromParsableString(vote[0]),
            DateTime.ParseExact(vote[1], DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal)))];
}
