// A count by single transferable vote, stage by stage: what was typed, and what follows from it. Pure, like figures.js.
// Who may be excluded next, and how many votes a paper is worth then, is for the service to check.
import { UNIT, exact, read, readVotes } from './numbers.js'

export { UNIT }

/** How many decimals votes have: two in Northern Ireland, five in Scotland. */
export const placesOf = (form) => (form.counting_rules === 'northern-ireland' ? 2 : 5)

/** The field of a candidate at a stage: its total, or what it received. */
export const stageField = (draft, number, candidate) => `stage.${number}.${draft.moves ? 'move' : 'total'}.${candidate}`
/** The field of the votes that are not transferable: in all, or those of the stage. */
export const leftField = (draft, number) => `stage.${number}.${draft.moves ? 'lost' : 'left'}`

/**
 * What the stages of a draft come to.
 * A stage of a draft is {action: 'surplus'|'exclusion', of: [ids], lot: bool}; its figures are in the draft's text.
 * Each stage here has `rows`: {candidate, name, how, before, total, moved, reading}. `how` is 'typed', 'follows' (whose
 * votes are transferred: nothing or the quota is left, unless something else is typed) or 'still' (elected before:
 * receives nothing).
 */
export function reckonStages(form, draft) {
  const text = draft.text ?? {}
  const places = placesOf(form)
  const people = form.candidates.map((one) => one.candidate)
  const first = Object.fromEntries(people.map((one) => [one, read(text[`votes.${one}`] ?? '').value]))
  const known = people.every((one) => first[one] !== undefined)
  const valid = people.reduce((all, one) => all + (first[one] ?? 0), 0)
  const quota = known && valid ? Math.floor(valid / (form.seats + 1)) + 1 : null
  const seats = Math.min(form.seats, people.length)
  const elected = new Map()
  const out = new Map()
  const faults = []
  const gaps = []
  let totals = Object.fromEntries(people.map((one) => [one, first[one] === undefined ? undefined : first[one] * UNIT]))
  let left = known ? 0 : null
  const continuing = () => people.filter((one) => !elected.has(one) && !out.has(one))
  const northern = form.counting_rules === 'northern-ireland'
  const over = (one) => (totals[one] > quota * UNIT ? totals[one] - quota * UNIT : 0)
  /**
   * Who is elected when a stage is over: whoever has the quota, and all of the rest where they are as many as the
   * vacancies. In Northern Ireland also who, for the last seat, has as many votes as all others and the surpluses; and
   * for a single seat nobody before somebody is excluded.
   */
  const settle = (number) => {
    if (quota === null || (northern && form.seats === 1 && number === 1)) return []
    const reached = continuing()
      .filter((one) => totals[one] >= quota * UNIT)
      .sort((a, b) => totals[b] - totals[a])
    for (const one of reached) if (elected.size < seats) elected.set(one, { stage: number, quota: true })
    const rest = continuing()
    if (rest.length && rest.length === seats - elected.size) {
      rest.sort((a, b) => (totals[b] ?? 0) - (totals[a] ?? 0))
      for (const one of rest) elected.set(one, { stage: number, quota: false })
    }
    if (northern && seats - elected.size === 1) {
      const [leader, ...others] = continuing().sort((a, b) => totals[b] - totals[a])
      const theirs = others.reduce((all, one) => all + totals[one], 0)
      const surpluses = [...elected.keys()].reduce((all, one) => all + over(one), 0)
      if (totals[leader] >= theirs + surpluses && totals[leader] > totals[others[0]]) {
        elected.set(leader, { stage: number, quota: false })
      }
    }
    return [...elected].filter(([, how]) => how.stage === number).map(([one]) => one)
  }
  const begin = settle(1)
  const stages = []
  for (const [place, typed] of (draft.stages ?? []).entries()) {
    const number = place + 2
    const before = totals
    const leftBefore = left
    const of = typed.of ?? []
    const done = { ...totals }
    const excluding = typed.action === 'exclusion'
    const canGive = {
      surplus: people.filter((one) => elected.has(one) && quota !== null && before[one] > quota * UNIT),
      exclusion: continuing(),
    }
    // Two or more lowest go together where they and all surpluses have fewer than the next: the largest such group.
    const lowest = continuing().sort((a, b) => before[a] - before[b])
    const surpluses = canGive.surplus.reduce((all, one) => all + over(one), 0)
    let together = []
    let low = surpluses
    const mayGo = lowest.slice(0, lowest.length - Math.max(1, seats - elected.size))
    for (const [at, one] of mayGo.entries()) {
      low += before[one]
      if (northern && at && low < before[lowest[at + 1]]) together = lowest.slice(0, at + 1)
    }
    const rows = []
    const own = (list, name, one) => list.push({ name, stage: number, ...one })
    let whole = true
    for (const candidate of people) {
      if (out.has(candidate)) continue
      const name = stageField(draft, number, candidate)
      const was = before[candidate]
      if (!of.includes(candidate) && elected.has(candidate)) {
        rows.push({ candidate, name, how: 'still', before: was, total: was, moved: 0 })
        continue
      }
      const how = of.includes(candidate) ? 'follows' : 'typed'
      const reading = readVotes(text[name] ?? '', places, draft.moves)
      const follows = excluding ? 0 : quota === null ? undefined : quota * UNIT
      let total = reading.value
      if (draft.moves && total !== undefined) total = was === undefined ? undefined : was + total
      if (how === 'follows' && reading.empty) total = follows
      else if (reading.fault) own(faults, name, reading)
      else if (reading.empty) own(faults, name, { fault: 'missing' })
      if (total === undefined) whole = false
      done[candidate] = total
      const moved = total === undefined || was === undefined ? undefined : total - was
      rows.push({ candidate, name, how, before: was, total, moved, reading })
    }
    // Whose turn it is, the service decides; a figure beside it that says otherwise is often a slip of the finger.
    const after = (each, one) => (excluding ? before[each] > before[one] : before[each] < before[one])
    const passed = excluding
      ? lowest.find((one) => !of.includes(one) && of.some((each) => after(each, one)))
      : canGive.surplus.find((one) => of.some((each) => after(each, one)))
    if (passed) {
      const gap = excluding ? 'stage_not_lowest' : 'stage_not_largest'
      const chosen = of.find((each) => after(each, passed))
      own(gaps, `stage.${number}.did`, { gap, chosen, passed, by: exact(before[chosen]), other: exact(before[passed]) })
    }
    if (!typed.action || !of.length) {
      own(faults, `stage.${number}.did`, { fault: 'did' })
      whole = false
    }
    const given = rows
      .filter((row) => row.how === 'follows')
      .reduce((all, row) => (row.moved === undefined ? undefined : all - row.moved), 0)
    for (const { name, how, before: was, total, moved } of rows) {
      if (how === 'typed' && moved < 0) {
        own(gaps, name, { gap: 'stage_fell', before: exact(was), by: exact(-moved) })
      } else if (how === 'typed' && given > 0 && moved > given) {
        own(gaps, name, { gap: 'stage_too_much', moved: exact(moved), given: exact(given), by: exact(moved - given) })
      }
      // Whoever is excluded keeps nothing, and whoever gives a surplus away keeps the quota.
      if (how !== 'follows' || total === undefined) continue
      if (excluding && total !== 0) own(gaps, name, { gap: 'stage_kept', by: exact(total) })
      if (typed.action !== 'surplus' || quota === null) continue
      const by = Math.abs(total - quota * UNIT)
      if (by) own(gaps, name, { gap: 'stage_quota', quota: exact(quota * UNIT), by: exact(by) })
    }
    const leftName = leftField(draft, number)
    const leftReading = readVotes(text[leftName] ?? '', places, draft.moves)
    if (leftReading.fault) {
      own(faults, leftName, leftReading)
      whole = false
    }
    const stated = leftReading.value === undefined ? null : leftReading.value + (draft.moves ? (leftBefore ?? 0) : 0)
    const held = people.reduce((all, one) => all + (out.has(one) ? 0 : (done[one] ?? 0)), 0)
    const sum = whole && known ? held : null
    const follows = sum === null ? null : valid * UNIT - sum
    const difference = sum === null || stated === null ? null : sum + stated - valid * UNIT
    const already = gaps.some((one) => one.stage === number && !one.name.endsWith('.did'))
    if (difference) {
      const gap = difference > 0 ? 'stage_more' : 'stage_less'
      const by = Math.abs(difference)
      own(gaps, leftName, { gap, by: exact(by), valid: exact(valid * UNIT), nines: by % 9 === 0 })
    } else if (follows !== null && stated === null && !already && follows < (leftBefore ?? 0)) {
      const by = (leftBefore ?? 0) - follows
      own(gaps, leftName, {
        gap: leftBefore ? 'stage_left_fell' : 'stage_over',
        before: exact(leftBefore ?? 0),
        by: exact(by),
        valid: exact(valid * UNIT),
        nines: by % 9 === 0,
      })
    }
    totals = done
    left = stated ?? follows
    const excluded = excluding ? of : []
    for (const one of excluded) {
      out.set(one, number)
      totals[one] = 0
    }
    const rivals = excluding ? canGive.exclusion : canGive.surplus
    const level = (one) => of.some((each) => before[each] !== undefined && before[each] === before[one])
    stages.push({
      number,
      action: typed.action,
      of,
      rows,
      canGive,
      together,
      passed,
      given,
      leftName,
      left,
      stated,
      leftReading,
      follows,
      difference,
      sum,
      whole,
      mayLot: of.length > 0 && rivals.some((one) => !of.includes(one) && level(one)),
      lot: typed.lot ? of : [],
      excluded,
      elected: settle(number),
    })
  }
  const named = [...elected.keys()]
  const vacancies = seats - elected.size
  const complete = quota !== null && vacancies === 0
  const ended = !complete && draft.over !== undefined
  const all = ended ? [...named, ...draft.over.filter((one) => !elected.has(one) && !out.has(one))] : named
  if (ended && all.length !== seats) faults.push({ name: 'over', fault: 'seats', places: vacancies })
  if (!complete && !ended && known && !northern) {
    faults.push({ name: 'over', fault: 'incomplete', filled: elected.size, places: seats })
  }
  return {
    quota,
    valid,
    known,
    begin,
    stages,
    elected: all,
    how: elected,
    excluded: out,
    continuing: continuing(),
    vacancies,
    complete,
    over: ended,
    faults,
    gaps,
    kind: complete || ended || !northern ? 'declared' : 'stage',
  }
}

/** The names of the fields of the stages of a draft. */
export const stageFields = (form, draft) =>
  reckonStages(form, draft).stages.flatMap((stage) => [
    ...stage.rows.filter((row) => row.how !== 'still').map((row) => row.name),
    stage.leftName,
  ])

/** The text of the other way of typing, where the figures are clear: totals in place of transfers, or vice versa. */
export function turned(form, draft) {
  const now = reckonStages(form, draft)
  const moves = !draft.moves
  const next = { ...draft, moves }
  const text = Object.fromEntries(
    Object.entries(draft.text).filter(([name]) => !/^stage\.\d+\.(total|move|left|lost)/.test(name)),
  )
  let leftBefore = 0
  for (const stage of now.stages) {
    for (const row of stage.rows)
      if (row.how !== 'still' && !row.reading.empty && row.total !== undefined && row.moved !== undefined)
        text[stageField(next, stage.number, row.candidate)] = exact(moves ? row.moved : row.total)
    if (stage.stated !== null)
      text[leftField(next, stage.number)] = exact(moves ? stage.stated - leftBefore : stage.stated)
    leftBefore = stage.left ?? leftBefore
  }
  return { ...next, text }
}
