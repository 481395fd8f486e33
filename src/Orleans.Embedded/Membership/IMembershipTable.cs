namespace Orleans;

/// <summary>Where the silos of a cluster find one another. Writes compare the row's and the table's tags, so that two writers never overwrite each other.</summary>
public interface IMembershipTable
{
    /// <summary>Makes the table ready; with <paramref name="tryInitTableVersion"/>, inserts the version row of an empty cluster.</summary>
    Task InitializeMembershipTable(bool tryInitTableVersion);

    /// <summary>Forgets a cluster.</summary>
    Task DeleteMembershipTableEntries(string clusterId);

    /// <summary>Removes rows of silos that died or fell silent before the date.</summary>
    Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate);

    /// <summary>Reads one silo's row, if there is one, with the table's version.</summary>
    Task<MembershipTableData> ReadRow(SiloAddress key);

    /// <summary>Reads all rows with the table's version, consistently.</summary>
    Task<MembershipTableData> ReadAll();

    /// <summary>Inserts a row and moves the table to the version; false when somebody else was faster.</summary>
    Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion);

    /// <summary>Replaces the row that has the tag and moves the table to the version; false when somebody else was faster.</summary>
    Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion);

    /// <summary>Writes the heartbeat alone; neither tag nor version changes.</summary>
    Task UpdateIAmAlive(MembershipEntry entry);
}
