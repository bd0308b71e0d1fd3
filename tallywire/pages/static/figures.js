// Numbers as people type them, and what they add up to. No rule is here: what may be declared, the server decides.
// Pure: the same text gives the same answer, in a browser or in node.

export const HEADS = ['official_mark', 'too_many_votes', 'identifiable', 'unmarked', 'void_for_uncertainty']
const LARGEST = 1_000_000_000

/**
 * What a text says: {empty}, {value}, or {fault, ...} naming a sentence of the catalogue; `write` is how it could be meant.
 * 1833, 1,833, 1 833 and 1'833 are 1833. What could mean two things is asked about and never guessed.
 */
export function read(text) {
  const shown = String(text).replace(/[\s\u00a0\u2007\u2009\u202f\u200b\ufeff]+/g, ' ').trim()
  if (shown === '') return { empty: true }
  const fault = (name, more = {}) => ({ fault: name, shown, ...more })
  if (/^\d+$/.test(shown)) {
    if (/^0\d/.test(shown)) return fault('leading_zero', { write: String(Number(shown)) })
    return Number(shown) > LARGEST ? fault('too_large') : { value: Number(shown) }
  }
  // Groups of three, all divided in one way.
  const grouped = /^([1-9]\d{0,2})([ ,'’])\d{3}(?:\2\d{3})*$/.test(shown)
  if (grouped) {
    const value = Number(shown.replace(/\D/g, ''))
    return value > LARGEST ? fault('too_large') : { value }
  }
  if (/^[-−–(]\s*\d[\d ,.'’]*\)?$/.test(shown)) return fault('negative')
  if (/^[-−–—]+$|^(nil|none|no|zero|dim)\.?$/i.test(shown)) return fault('nothing')
  if (/^[1-9]\d{0,2}(\.\d{3})+$/.test(shown)) { const write = shown.replaceAll('.', ''); return fault('point', { write, or: thousands(Number(write)) }) }
  if (/^\d[\d,]*\.$/.test(shown)) { const write = shown.replace(/\D/g, ''); return fault('stop', { write, or: thousands(Number(write)) }) }
  if (/^\d[\d,.' ]*\.\d+$/.test(shown)) return fault('fraction')
  if (/^[\d ,.'’oOlI|]+$/.test(shown) && /[oOlI|]/.test(shown)) return fault('letters')
  if (/^[\d ,.'’]+$/.test(shown)) return fault('groups')
  return fault('digits')
}
export const thousands = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ',')

/** The lines of a pasted column; null where what was pasted is not one column of several lines. */
export function column(text) {
  const lines = text.replace(/\r\n?/g, '\n').replace(/^\n+|\n+$/g, '').split('\n').map((line) => line.replace(/^[ \u00a0]+|[ \u00a0]+$/g, ''))
  return lines.length > 1 ? { lines: lines.map((line) => line.trim()), several: lines.some((line) => line.includes('\t')) } : null
}

/** The names of the fields of a contest's figures, in the order in which they are typed. */
export function fieldsOf(form, draft) {
  const people = form.candidates.map((one) => one.candidate)
  const heads = form.seats > 1 ? [...HEADS, 'in_part'] : HEADS
  return [
    ...people.map((one) => `votes.${one}`),
    ...(draft.no_rejected ? [] : draft.only_total ? ['rejected'] : heads.map((head) => `head.${head}`)),
    ...(draft.no_papers ? [] : ['papers']),
    ...(draft.with_areas ? form.areas.flatMap((_, place) => [...people.map((one) => `area.${place}.${one}`), `area.${place}.rejected`]) : []),
  ]
}

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0)
const ranked = (votes) => Object.keys(votes).sort((a, b) => votes[b] - votes[a] || (a < b ? -1 : 1))

/** The two with most first preferences and who ties with them for second place; empty where nobody has to go on. */
export function finalists(votes) {
  const order = ranked(votes)
  if (order.length < 2 || 2 * votes[order[0]] > sum(Object.values(votes))) return []
  const went = order.filter((one) => votes[one] >= votes[order[1]])
  // Where nobody is eliminated there is nothing to transfer.
  return went.length === order.length ? [] : went
}

/** Who has most votes: {elected, majority, tied, places}; tied where equal votes at the last seat need a lot. */
export function most(votes, seats, lot = []) {
  const order = ranked(votes)
  if (order.length <= seats) return { elected: order, majority: null, tied: [], places: 0 }
  const lastIn = votes[order[seats - 1]], firstOut = votes[order[seats]]
  if (lastIn > firstOut) return { elected: order.slice(0, seats), majority: lastIn - firstOut, tied: [], places: 0 }
  const safe = order.filter((one) => votes[one] > lastIn), tied = order.filter((one) => votes[one] === lastIn), places = seats - safe.length
  const drawn = lot.filter((one) => tied.includes(one))
  return { elected: drawn.length === places ? [...safe, ...drawn] : [], majority: 0, tied, places }
}

/**
 * What a draft adds up to.
 * faults: {name, fault, ...}: what cannot be read, is missing, or has to be said first. gaps: what does not add up, and may be so on the paper.
 */
export function reckon(form, draft) {
  const text = draft.text ?? {}, names = fieldsOf(form, draft), readings = {}, faults = [], gaps = []
  for (const name of names) readings[name] = read(text[name] ?? '')
  const value = (name) => readings[name]?.value ?? 0
  const people = form.candidates.map((one) => one.candidate)
  const votes = Object.fromEntries(people.map((one) => [one, value(`votes.${one}`)]))
  const unclearVotes = people.some((one) => readings[`votes.${one}`].value === undefined)
  const valid = sum(Object.values(votes))
  const heads = Object.fromEntries(names.filter((name) => name.startsWith('head.')).map((name) => [name.slice(5), value(name)]))
  const rejected = draft.no_rejected ? null : draft.only_total ? value('rejected') : sum(HEADS.map((head) => heads[head]))
  const papers = draft.no_papers ? null : (readings.papers.value ?? null)
  // The final round of the supplementary vote.
  const went = form.voting_system === 'supplementary-vote' && !unclearVotes ? finalists(votes) : []
  for (const one of went) { readings[`final.${one}`] = read(text[`final.${one}`] ?? ''); names.push(`final.${one}`) }
  const stated = went.filter((one) => !readings[`final.${one}`].empty)
  // Of more than two, those who went on are drawn: the others have no figure.
  const needed = went.length > 2 && stated.length >= 2 ? stated : went
  for (const name of names) {
    const reading = readings[name]
    if (reading.fault) faults.push({ name, ...reading })
    else if (reading.empty && !(name.startsWith('final.') && !needed.includes(name.slice(6)))) faults.push({ name, fault: 'missing' })
  }
  const missing = faults.filter((one) => one.fault === 'missing').length, unclear = faults.length - missing
  const final = Object.fromEntries(needed.map((one) => [one, readings[`final.${one}`].value ?? 0]))
  const deciding = went.length ? final : votes
  const decided = !unclearVotes && !went.some((one) => needed.includes(one) && readings[`final.${one}`].value === undefined)
  const count = decided ? most(deciding, form.seats, draft.lot ?? []) : { elected: [], majority: null, tied: [], places: 0 }
  if (count.tied.length && !count.elected.length && valid) faults.push({ name: 'lot', fault: 'lot', places: count.places })
  if (!missing && !unclear && !valid) faults.push({ name: `votes.${people[0]}`, fault: 'nobody' })
  const elected = draft.other_elected ?? count.elected
  const places = Math.min(form.seats, people.length)
  if (draft.other_elected && draft.other_elected.length !== places) faults.push({ name: 'other', fault: 'seats', places })
  // What does not add up is said, with its direction; which figure is wrong only the paper knows.
  const whole = !missing && !unclear
  let gap = null
  if (papers !== null && rejected !== null && whole) {
    gap = form.seats === 1 ? papers - valid - rejected : Math.min(0, (papers - rejected) * form.seats - valid)
    if (gap) gaps.push({ name: 'papers', gap: gap > 0 ? 'papers_more' : form.seats === 1 ? 'votes_more' : 'votes_too_many', by: Math.abs(gap), nines: Math.abs(gap) % 9 === 0, seats: form.seats })
  }
  if (whole && form.electorate !== null) {
    const needs = Math.max(papers ?? 0, Math.ceil(valid / form.seats) + (rejected ?? 0))
    if (needs > form.electorate) gaps.push({ name: draft.no_papers ? `votes.${people[0]}` : 'papers', gap: 'electorate', by: needs - form.electorate, needs, electorate: form.electorate })
  }
  if (draft.with_areas && whole) {
    for (const one of people) {
      const areas = sum(form.areas.map((_, place) => value(`area.${place}.${one}`)))
      if (areas !== votes[one]) gaps.push({ name: `votes.${one}`, gap: 'areas', areas, whole: votes[one], by: Math.abs(areas - votes[one]), nines: Math.abs(areas - votes[one]) % 9 === 0 })
    }
    const areas = sum(form.areas.map((_, place) => value(`area.${place}.rejected`)))
    if (rejected !== null && areas !== rejected) gaps.push({ name: draft.only_total ? 'rejected' : 'head.official_mark', gap: 'areas_rejected', areas, whole: rejected, by: Math.abs(areas - rejected) })
  }
  for (const one of needed) if (whole && went.length && final[one] < votes[one]) gaps.push({ name: `final.${one}`, gap: 'below_first', first: votes[one], by: votes[one] - final[one] })
  const voters = papers ?? (rejected !== null && form.seats === 1 ? valid + rejected : null)
  return {
    names, readings, faults, gaps, missing, unclear, whole, valid, rejected, papers, gap, votes, heads, final, went, elected,
    tied: count.tied, places: count.places, majority: decided && whole ? count.majority : null,
    turnout: whole && form.electorate && voters !== null ? (voters / form.electorate) * 100 : null,
    ready: !faults.length,
  }
}

/** The data of a declaration or an entry of these figures. */
export function figuresOf(form, draft, reckoned, revision) {
  const in_part = reckoned.heads.in_part
  return {
    ballot_id: form.ballot_id,
    revision,
    kind: 'declared',
    votes: reckoned.votes,
    ...(reckoned.went.length ? { final_round: reckoned.final } : {}),
    elected: reckoned.elected,
    ...(reckoned.tied.length && !draft.other_elected ? { lot: (draft.lot ?? []).filter((one) => reckoned.tied.includes(one)) } : {}),
    ...(reckoned.rejected === null ? {} : { rejected: reckoned.rejected }),
    ...(draft.no_rejected || draft.only_total ? {} : { rejected_by_head: { ...Object.fromEntries(HEADS.map((head) => [head, reckoned.heads[head]])), ...(in_part === undefined ? {} : { in_part }) } }),
    ...(reckoned.papers === null ? {} : { papers: reckoned.papers }),
    ...(draft.with_areas
      ? { areas: form.areas.map((area, place) => ({ area, votes: Object.fromEntries(Object.keys(reckoned.votes).map((one) => [one, reckoned.readings[`area.${place}.${one}`].value])), rejected: reckoned.readings[`area.${place}.rejected`].value })) }
      : {}),
  }
}

/** The fields of a draft that say what some figures say: the other way round. */
export function draftOf(figures) {
  const text = {}
  for (const [one, votes] of Object.entries(figures.votes ?? {})) text[`votes.${one}`] = thousands(votes)
  for (const [one, votes] of Object.entries(figures.final_round ?? {})) text[`final.${one}`] = thousands(votes)
  for (const [head, papers] of Object.entries(figures.rejected_by_head ?? {})) text[`head.${head}`] = thousands(papers)
  if (figures.rejected != null && !figures.rejected_by_head) text.rejected = thousands(figures.rejected)
  if (figures.papers != null) text.papers = thousands(figures.papers)
  for (const [place, area] of (figures.areas ?? []).entries()) {
    for (const [one, votes] of Object.entries(area.votes)) text[`area.${place}.${one}`] = thousands(votes)
    if (area.rejected != null) text[`area.${place}.rejected`] = thousands(area.rejected)
  }
  return {
    text, lot: figures.lot ?? [], only_total: !figures.rejected_by_head && figures.rejected != null,
    no_rejected: !figures.rejected_by_head && figures.rejected == null, no_papers: figures.papers == null, with_areas: Boolean(figures.areas),
  }
}

/** The figure of a field in some figures; undefined where they do not state it. */
export function figureAt(figures, name) {
  const [part, first, second] = name.split('.')
  if (part === 'votes') return figures.votes?.[first]
  if (part === 'final') return figures.final_round?.[first]
  if (part === 'head') return figures.rejected_by_head?.[first]
  if (part === 'area') return second === 'rejected' ? figures.areas?.[first]?.rejected : figures.areas?.[first]?.votes[second]
  return figures[part]
}

/** The names of the fields at which two people's figures differ. */
export function differing(one, other) {
  const names = new Set()
  for (const figures of [one, other]) {
    for (const name of Object.keys(figures.votes ?? {})) names.add(`votes.${name}`)
    for (const name of Object.keys(figures.final_round ?? {})) names.add(`final.${name}`)
    for (const name of Object.keys(figures.rejected_by_head ?? {})) names.add(`head.${name}`)
    for (const [place, area] of (figures.areas ?? []).entries()) { for (const name of Object.keys(area.votes)) names.add(`area.${place}.${name}`); names.add(`area.${place}.rejected`) }
  }
  names.add('papers')
  // All rejected papers are a figure of its own only where somebody has not typed them by head.
  if (!one.rejected_by_head || !other.rejected_by_head) names.add('rejected')
  return [...names].filter((name) => (figureAt(one, name) ?? null) !== (figureAt(other, name) ?? null))
}

/** The field that a path of a receipt names: data.votes.ann-example is votes.ann-example. */
export function fieldOfPath(path) {
  const parts = path.replace(/^data\./, '').split('.')
  if (parts[0] === 'votes' && parts.length > 1) return `votes.${parts[1]}`
  if (parts[0] === 'final_round' && parts.length > 1) return `final.${parts[1]}`
  if (parts[0] === 'rejected_by_head' && parts.length > 1) return `head.${parts[1]}`
  return parts[0]
}
