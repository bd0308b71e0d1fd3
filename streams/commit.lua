#!lua name=tallywire_@DIGEST@
-- One commit of one stage: state, outgoing entries and cursor together, or nothing.
--
-- Keys, all of one partition (one hash tag):
--   KEYS[1]        hash     the stage: cursor and token (the fence), sequence:<stream> and chain of what it writes
--   then T keys    hashes   tables of state
--   then S keys    streams  written
-- Arguments:
--   old cursor, old token   what the writer believes is stored
--   new cursor, new token
--   T, S
--   fields of the stage     how many, then field, value, field, value ...
--   for each table          how many fields, then field, value, field, value ...
--   for each stream         how many events, then the events
-- Returns 1 when the commit stands (also when this very commit stood already), 0 when another writer was first.
-- Nothing is written before everything has been checked: scripts do not roll back.

local function commit(keys, args)
  local stored = redis.call('HMGET', keys[1], 'cursor', 'token')
  local cursor, token = stored[1] or '0-0', stored[2] or ''
  if cursor == args[3] and token == args[4] then return 1 end
  if cursor ~= args[1] or token ~= args[2] then return 0 end

  local tables, streams = tonumber(args[5]), tonumber(args[6])
  for index = 1, 1 + tables + streams do
    local expected = index <= 1 + tables and 'hash' or 'stream'
    local kind = redis.call('TYPE', keys[index]).ok
    if kind ~= 'none' and kind ~= expected then
      return redis.error_reply('TALLYWIRE ' .. keys[index] .. ' is a ' .. kind .. ', not a ' .. expected)
    end
  end

  local at = 7
  for index = 1, 1 + tables do
    local fields = tonumber(args[at])
    for pair = 1, fields do
      redis.call('HSET', keys[index], args[at + 2 * pair - 1], args[at + 2 * pair])
    end
    at = at + 1 + 2 * fields
  end
  for index = 2 + tables, 1 + tables + streams do
    local events = tonumber(args[at])
    for event = 1, events do
      redis.call('XADD', keys[index], '*', 'data', args[at + event])
    end
    at = at + 1 + events
  end
  redis.call('HSET', keys[1], 'cursor', args[3], 'token', args[4])
  return 1
end

redis.register_function('tallywire_commit_@DIGEST@', commit)
