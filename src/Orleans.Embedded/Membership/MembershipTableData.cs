namespace Orleans;

/// <summary>What was read from the membership table at one version.</summary>
public sealed class MembershipTableData
{
    /// <summary>Makes a snapshot of many rows, each with its tag.</summary>
    public MembershipTableData(List<Tuple<MembershipEntry, string>> list, TableVersion version)
    {
        Members = list;
        Version = version;
    }

    /// <summary>Makes a snapshot of one row.</summary>
    public MembershipTableData(Tuple<MembershipEntry, string> tuple, TableVersion version)
        : this([tuple], version)
    {
    }

    /// <summary>Makes an empty snapshot.</summary>
    public MembershipTableData(TableVersion version)
        : this([], version)
    {
    }

    /// <summary>The rows, each with its tag.</summary>
    public IReadOnlyList<Tuple<MembershipEntry, string>> Members { get; }

    /// <summary>The table's version when they were read.</summary>
    public TableVersion Version { get; }

    /// <summary>The silo's row, or null.</summary>
    public Tuple<MembershipEntry, string>? TryGet(SiloAddress silo) => Members.FirstOrDefault(member => member.Item1.SiloAddress.Equals(silo));

    /// <inheritdoc/>
    public override string ToString() => $"{Version}: {string.Join(", ", Members.Select(member => member.Item1))}";
}
