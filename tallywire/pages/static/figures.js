// Numbers as people type them, and what they add up to. No rule is here: what may be declared, the server decides.
// Pure: the same text gives the same answer, in a browser or in node.
import { decimal, exact, read, readVotes, thousands, unitsOf } from './numbers.js'
import { reckonStages, stageFields } from './stages.js'

export { exact, read, readVotes, thousands }
export const HEADS = ['official_mark', 'too_many_votes', 'identifiable', 'unmarked', 'void_for_uncertainty']
/** The lines of a pasted column; null where what was pasted is not one column of several lines. */
export function column(text) {
  const lines = text
    .replace(/\r\n?/g, '\n')
    .replace(/^\n+|\n+$/g, '')
    .split('\n')
    .map((line) => line.replace(/^[ \u00a0]+|[ \u00a0]+$/g, ''))
  return lines.length > 1
    ? { lines: lines.map((line) => line.trim()), several: lines.some((line) => line.includes('\t')) }
    : null
}

// ---- voting systems ----
export const byList = (form) => ['additional-member', 'closed-list'].includes(form.voting_system)
export const byStages = (form) => form.voting_system === 'single-transferable-vote'
/** How many votes a ballot paper has at most. */
export const votesOfPaper = (form) => (form.voting_system === 'first-past-the-post' ? form.seats : 1)
const seatNames = (form) => (byList(form) ? Array.from({ length: form.seats }, (_, place) => `seat.${place + 1}`) : [])

/** The names of the fields of a contest's figures, in the order in which they are typed. */
export function fieldsOf(form, draft) {
  const people = form.candidates.map((one) => one.candidate)
  return [
    ...people.map((one) => `votes.${one}`),
    ...seatNames(form),
    ...(byStages(form) ? stageFields(form, draft) : []),
    ...(draft.no_rejected ? [] : draft.only_total ? ['rejected'] : headsOf(form).map((head) => `head.${head}`)),
    ...(draft.no_papers ? [] : ['papers']),
    ...(draft.with_areas
      ? form.areas.flatMap((_, place) => [...people.map((one) => `area.${place}.${one}`), `area.${place}.rejected`])
      : []),
  ]
}

/** The heads under which papers are rejected: in part only where a paper has several votes. */
export const headsOf = (form) => (votesOfPaper(form) > 1 ? [...HEADS, 'in_part'] : HEADS)
/** Who has the seats of a contest by list, in their order: ids of lists, null where none is chosen. */
export const seatsOf = (form, draft) => seatNames(form).map((name) => draft.text?.[name] || null)

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
  const lastIn = votes[order[seats - 1]]
  const firstOut = votes[order[seats]]
  if (lastIn > firstOut) return { elected: order.slice(0, seats), majority: lastIn - firstOut, tied: [], places: 0 }
  const safe = order.filter((one) => votes[one] > lastIn)
  const tied = order.filter((one) => votes[one] === lastIn)
  const places = seats - safe.length
  const drawn = lot.filter((one) => tied.includes(one))
  return { elected: drawn.length === places ? [...safe, ...drawn] : [], majority: 0, tied, places }
}

/**
 * Lists with equal figures at the last seats, among which a lot decides: {tied, places}; null while that cannot be
 * known, because a constituency of the region has no result.
 */
export function equalFigures(form, votes) {
  const constituencies = form.constituencies ?? []
  const won = {}
  const carried = {}
  if (constituencies.some((one) => !one.elected)) return null
  for (const { list } of constituencies) if (list) carried[list] = (carried[list] ?? 0) + 1
  const valid = sum(Object.values(votes))
  const people = (one) => (one.individual ? 1 : one.people ? one.people.filter((each) => !each.won).length : Infinity)
  const standing = form.candidates.filter(
    (one) => votes[one.candidate] > 0 && votes[one.candidate] * 100 >= valid * (form.threshold_per_cent ?? 0),
  )
  const divisor = (one) => (carried[one] ?? 0) + (won[one] ?? 0) + 1
  // Compared crosswise: a figure is no binary fraction.
  const less = (a, b) => votes[a] * divisor(b) < votes[b] * divisor(a)
  for (let left = form.seats; left > 0; left--) {
    const open = standing.filter((one) => (won[one.candidate] ?? 0) < people(one)).map((one) => one.candidate)
    const level = open.filter((one) => !open.some((other) => less(one, other)))
    if (!level.length) break
    if (level.length > left) return { tied: level, places: left }
    won[level[0]] = (won[level[0]] ?? 0) + 1
  }
  return { tied: [], places: 0 }
}

/**
 * What a draft adds up to.
 * faults: {name, fault, ...}: what cannot be read, is missing, or has to be said first. gaps: what does not add up, and
 * may be so on the paper.
 */
export function reckon(form, draft) {
  const text = draft.text ?? {}
  const names = fieldsOf(form, draft)
  const readings = {}
  const faults = []
  const gaps = []
  const perPaper = votesOfPaper(form)
  for (const name of names) {
    // Those of stages are read with their stages.
    if (name.startsWith('stage.')) continue
    if (name.startsWith('seat.')) readings[name] = text[name] ? { value: 0 } : { empty: true }
    else readings[name] = read(text[name] ?? '')
  }
  const value = (name) => readings[name]?.value ?? 0
  const people = form.candidates.map((one) => one.candidate)
  const votes = Object.fromEntries(people.map((one) => [one, value(`votes.${one}`)]))
  const unclearVotes = people.some((one) => readings[`votes.${one}`].value === undefined)
  const valid = sum(Object.values(votes))
  const heads = Object.fromEntries(
    names.filter((name) => name.startsWith('head.')).map((name) => [name.slice(5), value(name)]),
  )
  const allHeads = () => sum(HEADS.map((head) => heads[head]))
  const rejected = draft.no_rejected ? null : draft.only_total ? value('rejected') : allHeads()
  const papers = draft.no_papers ? null : (readings.papers.value ?? null)
  // The final round of the supplementary vote.
  const went = form.voting_system === 'supplementary-vote' && !unclearVotes ? finalists(votes) : []
  for (const one of went) {
    readings[`final.${one}`] = read(text[`final.${one}`] ?? '')
    names.push(`final.${one}`)
  }
  const stated = went.filter((one) => !readings[`final.${one}`].empty)
  // Of more than two, those who went on are drawn: the others have no figure.
  const needed = went.length > 2 && stated.length >= 2 ? stated : went
  const unneeded = (name) => name.startsWith('final.') && !needed.includes(name.slice(6))
  for (const name of names) {
    const reading = readings[name]
    if (!reading) continue
    if (reading.fault) faults.push({ name, ...reading })
    else if (reading.empty && !unneeded(name)) faults.push({ name, fault: 'missing' })
  }
  // A count by stages has faults of its own, each at its field.
  const stages = byStages(form) ? reckonStages(form, draft) : null
  const ofStages = stages?.faults.filter((one) => one.stage) ?? []
  faults.push(...ofStages)
  gaps.push(...(stages?.gaps ?? []))
  const missing = faults.filter((one) => one.fault === 'missing').length
  const unclear = faults.length - missing
  const whole = !missing && !unclear
  // Who is elected follows from the votes where these are clear, in the final round if there is one.
  const final = Object.fromEntries(needed.map((one) => [one, readings[`final.${one}`].value ?? 0]))
  const deciding = went.length ? final : votes
  const unclearFinal = went.some((one) => needed.includes(one) && readings[`final.${one}`].value === undefined)
  const decided = !stages && !byList(form) && !unclearVotes && !unclearFinal
  const nobody = { elected: [], majority: null, tied: [], places: 0 }
  const count = decided ? most(deciding, form.seats, draft.lot ?? []) : nobody
  // Of the answers to a question none is chosen by lot: with equal votes none has won.
  const noAnswer = Boolean(form.question) && count.tied.length > 0 && valid > 0
  const evenLists = () => (unclearVotes || !valid ? { tied: [], places: 0 } : equalFigures(form, votes))
  const even = byList(form) ? evenLists() : count
  // Where it cannot be known whether figures are equal, somebody says so.
  const mayBeDrawn = (one) => (even ? even.tied.includes(one) : draft.lots && seatsOf(form, draft).includes(one))
  const lots = byList(form) ? (draft.lot ?? []).filter(mayBeDrawn) : []
  const notDrawn = even ? even.tied.length && lots.length !== even.places : draft.lots && !lots.length
  if (byList(form) && whole && notDrawn) {
    faults.push({ name: 'lot', fault: even ? 'lot_lists' : 'lots', places: even?.places })
  }
  if (!byList(form) && !noAnswer && count.tied.length && !count.elected.length && valid) {
    faults.push({ name: 'lot', fault: 'lot', places: count.places })
  }
  if (whole && !valid) faults.push({ name: `votes.${people[0]}`, fault: 'nobody' })
  const seats = byList(form) ? seatsOf(form, draft) : null
  const elected = seats ? seats.filter(Boolean) : stages ? stages.elected : (draft.other_elected ?? count.elected)
  const places = Math.min(form.seats, people.length)
  if (stages && whole) faults.push(...stages.faults.filter((one) => !one.stage))
  if (decided && draft.other_elected && draft.other_elected.length !== places) {
    faults.push({ name: 'other', fault: 'seats', places })
  }
  // What does not add up is said, with its direction; which figure is wrong only the paper knows.
  let gap = null
  if (papers !== null && rejected !== null && whole) {
    gap = perPaper === 1 ? papers - valid - rejected : Math.min(0, (papers - rejected) * perPaper - valid)
    const tooMany = perPaper === 1 ? 'votes_more' : 'votes_too_many'
    const by = Math.abs(gap)
    if (gap)
      gaps.push({ name: 'papers', gap: gap > 0 ? 'papers_more' : tooMany, by, nines: by % 9 === 0, seats: perPaper })
  }
  if (whole && form.electorate !== null) {
    const needs = Math.max(papers ?? 0, Math.ceil(valid / perPaper) + (rejected ?? 0))
    const name = draft.no_papers ? `votes.${people[0]}` : 'papers'
    const { electorate } = form
    if (needs > electorate) gaps.push({ name, gap: 'electorate', by: needs - electorate, needs, electorate })
  }
  if (draft.with_areas && whole) {
    for (const one of people) {
      const areas = sum(form.areas.map((_, place) => value(`area.${place}.${one}`)))
      const by = Math.abs(areas - votes[one])
      if (by) gaps.push({ name: `votes.${one}`, gap: 'areas', areas, whole: votes[one], by, nines: by % 9 === 0 })
    }
    const areas = sum(form.areas.map((_, place) => value(`area.${place}.rejected`)))
    const name = draft.only_total ? 'rejected' : 'head.official_mark'
    if (rejected !== null && areas !== rejected) {
      gaps.push({ name, gap: 'areas_rejected', areas, whole: rejected, by: Math.abs(areas - rejected) })
    }
  }
  if (whole && went.length) {
    for (const one of needed) {
      const by = votes[one] - final[one]
      if (by > 0) gaps.push({ name: `final.${one}`, gap: 'below_first', first: votes[one], by })
    }
  }
  // The last seats are those that were drawn.
  if (even && lots.length && lots.length === even.places) {
    for (let place = form.seats - even.places; place < form.seats; place++) {
      const other = seats?.[place] && !lots.includes(seats[place])
      if (other) gaps.push({ name: `seat.${place + 1}`, gap: 'lot_seat', by: place + 1 })
    }
  }
  const voters = papers ?? (rejected !== null && perPaper === 1 ? valid + rejected : null)
  return {
    names,
    readings,
    stages,
    seats,
    lots,
    even,
    noAnswer,
    faults,
    gaps,
    missing,
    unclear,
    whole,
    valid,
    rejected,
    papers,
    gap,
    votes,
    heads,
    final,
    went,
    elected,
    tied: noAnswer ? [] : count.tied,
    places: count.places,
    majority: decided && whole ? count.majority : null,
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
    kind: reckoned.stages?.kind ?? 'declared',
    votes: reckoned.votes,
    ...(reckoned.went.length ? { final_round: reckoned.final } : {}),
    ...(reckoned.noAnswer ? {} : { elected: reckoned.elected }),
    ...(reckoned.stages ? stagesOf(reckoned.stages) : {}),
    ...(reckoned.lots.length ? { lot: inOrderOfSeats(reckoned.lots, reckoned.elected) } : {}),
    ...(reckoned.tied.length && !reckoned.noAnswer && !draft.other_elected
      ? { lot: (draft.lot ?? []).filter((one) => reckoned.tied.includes(one)) }
      : {}),
    ...(reckoned.rejected === null ? {} : { rejected: reckoned.rejected }),
    ...(draft.no_rejected || draft.only_total
      ? {}
      : {
          rejected_by_head: {
            ...Object.fromEntries(HEADS.map((head) => [head, reckoned.heads[head]])),
            ...(in_part === undefined ? {} : { in_part }),
          },
        }),
    ...(reckoned.papers === null ? {} : { papers: reckoned.papers }),
    ...(draft.with_areas
      ? {
          areas: form.areas.map((area, place) => ({
            area,
            votes: Object.fromEntries(
              Object.keys(reckoned.votes).map((one) => [one, reckoned.readings[`area.${place}.${one}`].value]),
            ),
            rejected: reckoned.readings[`area.${place}.rejected`].value,
          })),
        }
      : {}),
  }
}

/** Lists that a lot chose, in the order of the seats that they have by it: each its last one. */
const inOrderOfSeats = (lot, elected) => [...lot].sort((a, b) => elected.lastIndexOf(a) - elected.lastIndexOf(b))

/** A count by stages as it is sent. Whoever is excluded has no votes and is left out, as is what was not typed. */
function stagesOf(count) {
  // Only who was elected at the end: the stages are not stated.
  if (count.over && !count.stages.length) return { quota: count.quota }
  return {
    quota: count.quota,
    stages: count.stages.map((stage) => ({
      action: stage.action,
      of: stage.of,
      totals: Object.fromEntries(
        stage.rows
          .filter((row) => row.total !== undefined && (row.total || !stage.excluded.includes(row.candidate)))
          .map((row) => [row.candidate, decimal(row.total)]),
      ),
      ...(stage.stated === null ? {} : { non_transferable: decimal(stage.stated) }),
      ...(stage.lot.length ? { lot: stage.lot } : {}),
    })),
  }
}

/** The fields of a draft that say what some figures say: the other way round. */
export function draftOf(figures, form) {
  const text = {}
  for (const [place, stage] of (figures.stages ?? []).entries()) {
    const number = place + 2
    for (const [one, total] of Object.entries(stage.totals)) {
      // What follows for whoever gives votes away is left open, as when it is typed.
      const follows =
        stage.of.includes(one) &&
        unitsOf(total) === (stage.action === 'surplus' ? unitsOf(String(figures.quota ?? -1)) : 0)
      if (!follows) text[`stage.${number}.total.${one}`] = exact(unitsOf(total))
    }
    if (stage.non_transferable != null) text[`stage.${number}.left`] = exact(unitsOf(stage.non_transferable))
  }
  for (const [one, votes] of Object.entries(figures.votes ?? {})) text[`votes.${one}`] = thousands(votes)
  for (const [one, votes] of Object.entries(figures.final_round ?? {})) text[`final.${one}`] = thousands(votes)
  for (const [head, papers] of Object.entries(figures.rejected_by_head ?? {})) text[`head.${head}`] = thousands(papers)
  if (figures.rejected != null && !figures.rejected_by_head) text.rejected = thousands(figures.rejected)
  if (figures.papers != null) text.papers = thousands(figures.papers)
  for (const [place, area] of (figures.areas ?? []).entries()) {
    for (const [one, votes] of Object.entries(area.votes)) text[`area.${place}.${one}`] = thousands(votes)
    if (area.rejected != null) text[`area.${place}.rejected`] = thousands(area.rejected)
  }
  const ofLists = form && byList(form)
  const ofStages = form && byStages(form)
  const more = {}
  if (ofLists) {
    for (const [place, list] of (figures.elected ?? []).entries()) text[`seat.${place + 1}`] = list
    more.lots = Boolean(figures.lot?.length)
  } else if (ofStages) {
    const typed = ({ action, of, lot }) => ({ action, of, lot: Boolean(lot?.length) })
    more.stages = (figures.stages ?? []).map(typed)
  }
  if (ofStages && figures.kind === 'declared') {
    const count = reckonStages(form, { text, ...more })
    if (!count.complete) more.over = (figures.elected ?? []).filter((one) => !count.elected.includes(one))
  }
  return {
    ...more,
    text,
    lot: figures.lot ?? [],
    only_total: !figures.rejected_by_head && figures.rejected != null,
    no_rejected: !figures.rejected_by_head && figures.rejected == null,
    no_papers: figures.papers == null,
    with_areas: Boolean(figures.areas),
  }
}

/** The figure of a field in some figures; undefined where they do not state it. */
export function figureAt(figures, name) {
  const [part, first, second] = name.split('.')
  if (part === 'votes') return figures.votes?.[first]
  if (part === 'final') return figures.final_round?.[first]
  if (part === 'head') return figures.rejected_by_head?.[first]
  if (part === 'seat') return figures.elected?.[first - 1]
  if (part === 'stage') {
    const stage = figures.stages?.[first - 2]
    if (second === 'did')
      return stage && JSON.stringify([stage.action, [...stage.of].sort(), [...(stage.lot ?? [])].sort()])
    const found = second === 'left' ? stage?.non_transferable : stage?.totals[name.split('.').slice(3).join('.')]
    return found == null ? undefined : exact(unitsOf(found))
  }
  if (part === 'area')
    return second === 'rejected' ? figures.areas?.[first]?.rejected : figures.areas?.[first]?.votes[second]
  return figures[part]
}

/** The names of the fields at which two people's figures differ. */
export function differing(one, other, form) {
  const names = new Set()
  const places = (figures, part) =>
    Array.from({ length: Math.max(...figures.map((each) => each[part]?.length ?? 0)) }, (_, place) => place)
  if (form && byList(form)) for (const place of places([one, other], 'elected')) names.add(`seat.${place + 1}`)
  for (const place of places([one, other], 'stages')) {
    names.add(`stage.${place + 2}.did`)
    const both = [one, other].map((figures) => figures.stages?.[place]).filter(Boolean)
    // Where one has not typed a stage, it is the stage that differs.
    if (both.length < 2) continue
    for (const stage of both)
      for (const candidate of Object.keys(stage.totals))
        if (Number(stage.totals[candidate]) || both.every((each) => candidate in each.totals))
          names.add(`stage.${place + 2}.total.${candidate}`)
    if (both.some((stage) => stage.non_transferable != null)) names.add(`stage.${place + 2}.left`)
  }
  for (const figures of [one, other]) {
    for (const name of Object.keys(figures.votes ?? {})) names.add(`votes.${name}`)
    for (const name of Object.keys(figures.final_round ?? {})) names.add(`final.${name}`)
    for (const name of Object.keys(figures.rejected_by_head ?? {})) names.add(`head.${name}`)
    for (const [place, area] of (figures.areas ?? []).entries()) {
      for (const name of Object.keys(area.votes)) names.add(`area.${place}.${name}`)
      names.add(`area.${place}.rejected`)
    }
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
  // Stages and seats are counted from 0 in a path, and from 2 and 1 on a page.
  if (parts[0] === 'stages' && parts.length > 1) {
    const number = Number(parts[1]) + 2
    if (parts[2] === 'totals' && parts.length > 3) return `stage.${number}.total.${parts.slice(3).join('.')}`
    return parts[2] === 'non_transferable' ? `stage.${number}.left` : `stage.${number}.did`
  }
  if (parts[0] === 'elected' && parts.length > 1) return `seat.${Number(parts[1]) + 1}`
  return parts[0]
}
