namespace Granary.TokenLog.Stores;

/// <summary>The scripts of <see cref="RedisTokenLogStore"/>: each is one atomic step of the server.</summary>
/// <remarks>A turn is a hash (e: epoch, n: number of records, q: request, c: there once it is closed) and a string, its records one after another.</remarks>
internal static class RedisScripts
{
    // KEYS: hash, records, the owner's turns, open turns. ARGV: turn, field of the open turns, silo, request if there is one.
    public const string Open = """
        local epoch = redis.call('HINCRBY', KEYS[1], 'e', 1)
        if epoch == 1 then
            redis.call('HSET', KEYS[1], 'n', 0)
            if ARGV[4] then redis.call('HSET', KEYS[1], 'q', ARGV[4]) end
            redis.call('SADD', KEYS[3], ARGV[1])
            redis.call('PERSIST', KEYS[3])
        end
        local closed = redis.call('HEXISTS', KEYS[1], 'c')
        if closed == 0 then redis.call('HSET', KEYS[4], ARGV[2], ARGV[3]) end
        return { epoch, redis.call('HGET', KEYS[1], 'q'), redis.call('GET', KEYS[2]), closed }
        """;

    // KEYS: hash and records of each turn. ARGV, for each turn: epoch, number of its first record here, how many, the records.
    // Writes the hash also when all records are there already: WAIT counts from the connection's last write, which may have been made on an earlier connection.
    public const string Commit = """
        local outcomes = {}
        local at = 1
        for turn = 1, #KEYS / 2 do
            local epoch, first, count = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
            at = at + 3
            local held = redis.call('HMGET', KEYS[2 * turn - 1], 'e', 'n', 'c')
            if held[1] ~= epoch or held[3] then
                outcomes[turn] = 1
            elseif first > tonumber(held[2]) then
                outcomes[turn] = 2
            else
                local known = tonumber(held[2])
                if known < first + count then
                    redis.call('APPEND', KEYS[2 * turn], table.concat(ARGV, '', at + known - first, at + count - 1))
                end
                redis.call('HSET', KEYS[2 * turn - 1], 'n', math.max(known, first + count))
                outcomes[turn] = 0
            end
            at = at + count
        end
        return outcomes
        """;

    // KEYS as of Open. ARGV: epoch, field of the open turns, milliseconds to keep or ''.
    // Setting the records anew gives back the room that appends had reserved.
    public const string Close = """
        if redis.call('HGET', KEYS[1], 'e') ~= ARGV[1] then return 0 end
        if redis.call('HSETNX', KEYS[1], 'c', 1) == 1 then
            local records = redis.call('GET', KEYS[2])
            if records then redis.call('SET', KEYS[2], records) end
        end
        redis.call('HDEL', KEYS[4], ARGV[2])
        if ARGV[3] ~= '' then
            redis.call('PEXPIRE', KEYS[1], ARGV[3])
            redis.call('PEXPIRE', KEYS[2], ARGV[3])
            if redis.call('SCARD', KEYS[3]) == 1 then redis.call('PEXPIRE', KEYS[3], ARGV[3]) end
        end
        return 1
        """;

    // KEYS: hash, records.
    public const string Read = """
        return { redis.call('HGET', KEYS[1], 'e'), redis.call('HGET', KEYS[1], 'q'), redis.call('GET', KEYS[2]), redis.call('HEXISTS', KEYS[1], 'c') }
        """;

    // KEYS: the owner's turns, open turns. ARGV: what the keys of hashes begin with, of records, what follows the turn in both.
    public const string Delete = """
        for _, turn in ipairs(redis.call('SMEMBERS', KEYS[1])) do
            redis.call('DEL', ARGV[1] .. turn .. ARGV[3], ARGV[2] .. turn .. ARGV[3])
            redis.call('HDEL', KEYS[2], turn .. ARGV[3])
        end
        redis.call('DEL', KEYS[1])
        """;
}
