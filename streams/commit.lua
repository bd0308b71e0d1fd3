#!lua
-- One commit of one stage: state, outgoing entries and cursor together, or nothing.
--
-- Keys, all of one partition (one hash tag):
--   KEYS[1]        hash     the stage: cursor and token (the fence), how many entries it has folded, when it last
--                           committed, sequence:<stream> and chain of what it writes, number of the last entry
--                           read, form of its state
--   then S keys    streams  written
--   the others     hashes   tables of state
-- Arguments:
--   old cursor, old token   what the writer expects to be stored
--   new cursor, new token
--   entries folded
--   S
--   for traces              how many contexts, then for each: the number of its event in the order of writing, context
--   for each stream         how many events, then the events
--   for the stage           how many fields, then field, value, field, value ...
--   for each table          the same, and once more for fields whose value is an event: its place among the arguments
-- Returns 1 when the commit stands, 0 when another writer was first.
-- Nothing is written before everything has been checked: scripts do not roll back.
-- A script, and no function of the server: whoever may load functions could put another in its place, and have it run
-- with the rights of every service.

-- Ids only rise, so an entry with this one leaves a stream few ids, or none. No clock reaches it; a sender may choose it.
local LAST_MS = '18446744073709551615'

-- Arguments of one HSET, an even number: a call costs more than a field, and Lua's stack holds 8,000 values.
local RUN = 200

local WRITE = { hash = 'HSET', stream = 'XADD' }

-- Why a key cannot be written, or nil.
local function fault_of(key, kind)
  local found = redis.call('TYPE', key).ok
  if found ~= 'none' and found ~= kind then
    return 'TALLYWIRE ' .. key .. ' is a ' .. found .. ', not a ' .. kind
  end
  -- XINFO would also know of an entry that was deleted since, but it returns the first entry too, on the ledger 16 MB.
  if kind == 'stream' and #redis.call('XRANGE', key, LAST_MS, '+', 'COUNT', 1) > 0 then
    return 'TALLYWIRE ' .. key .. ' takes no more: somebody has used up its ids'
  end
  if not redis.acl_check_cmd(WRITE[kind], key, '*', 'field', 'value') then
    return 'NOPERM this user may not ' .. WRITE[kind] .. ' ' .. key
  end
end

local function set(key, args, first, last)
  for at = first, last, RUN do
    redis.call('HSET', key, unpack(args, at, math.min(at + RUN - 1, last)))
  end
end

local function commit(keys, args)
  local stored = redis.call('HMGET', keys[1], 'cursor', 'token', 'folded')
  local cursor, token = stored[1] or '0-0', stored[2] or ''
  if cursor ~= args[1] or token ~= args[2] then return 0 end

  local streams = tonumber(args[6])
  for index, key in ipairs(keys) do
    local fault = fault_of(key, (index > 1 and index <= 1 + streams) and 'stream' or 'hash')
    if fault then return redis.error_reply(fault) end
  end

  local at = 7
  local function counted(size)
    local first = at + 1
    at = first + size * tonumber(args[at])
    return first, at - 1
  end
  local contexts, written = {}, 0
  local first, last = counted(2)
  for place = first, last, 2 do
    contexts[tonumber(args[place])] = args[place + 1]
  end
  for index = 2, 1 + streams do
    local first, last = counted(1)
    for event = first, last do
      written = written + 1
      if contexts[written] then
        redis.call('XADD', keys[index], '*', 'data', args[event], 'traceparent', contexts[written])
      else
        redis.call('XADD', keys[index], '*', 'data', args[event])
      end
    end
  end
  set(keys[1], args, counted(2))
  for index = 2 + streams, #keys do
    set(keys[index], args, counted(2))
    local first, last = counted(2)
    for value = first + 1, last, 2 do
      args[value] = args[tonumber(args[value])]
    end
    set(keys[index], args, first, last)
  end
  -- Not HINCRBY: it fails if the field is not a number, after everything else is written.
  local folded = string.format('%.0f', (tonumber(stored[3]) or 0) + tonumber(args[5]))
  local now = redis.call('TIME')
  local at = string.format('%.0f', now[1] * 1000 + math.floor(now[2] / 1000))
  redis.call('HSET', keys[1], 'cursor', args[3], 'token', args[4], 'folded', folded, 'at', at)
  return 1
end

return commit(KEYS, ARGV)
