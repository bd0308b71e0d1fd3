// Names and figures of a contest in words.
import { byList, thousands } from './figures.js'
import { has, listed, t } from './words.js'

export const nameOf = (form, candidate) => form.candidates.find((one) => one.candidate === candidate)?.name ?? candidate

export function labelOf(form, name) {
  const [part, first, second] = name.split('.')
  if (part === 'votes') return nameOf(form, first)
  if (part === 'final') return t('figure.final', { name: nameOf(form, first) })
  if (part === 'area')
    return second === 'rejected'
      ? t('figure.area_rejected', { area: form.areas[first] })
      : t('figure.area', { area: form.areas[first], name: nameOf(form, second) })
  if (part === 'head') return t(`head.${first}`)
  if (part === 'seat') return t('seat', { n: first })
  if (part === 'stage' && second === 'did') return t('figure.stage_did', { n: first })
  if (part === 'stage')
    return ['left', 'lost'].includes(second)
      ? t('figure.stage_left', { n: first })
      : t('figure.stage', { n: first, name: nameOf(form, name.split('.').slice(3).join('.')) })
  return has(`figure.${part}`) ? t(`figure.${part}`) : part
}

export const value = (one) => (typeof one === 'number' ? thousands(one) : one)
const values = (one) => Object.fromEntries(Object.entries(one).map(([name, each]) => [name, value(each)]))

export function faultWords(form, one) {
  if (one.gap)
    return {
      text: t(`gap.${one.gap}`, {
        n: value(one.by),
        ...values(one),
        ...(one.passed ? { chosen: nameOf(form, one.chosen), passed: nameOf(form, one.passed) } : {}),
        ...(one.noted ? { name: nameOf(form, one.whose) } : {}),
      }),
      more: t(one.nines ? 'gap.nines' : has(`gap.${one.gap}.more`) ? `gap.${one.gap}.more` : 'gap.look'),
    }
  const more = `fault.${one.fault}.more`
  return { text: t(`fault.${one.fault}`, { n: one.places, ...values(one) }), more: has(more) ? t(more, values(one)) : '' }
}

export const votesTitle = (form) =>
  form.voting_system === 'referendum'
    ? 'figures.answers'
    : byList(form)
      ? 'figures.by_list'
      : ['supplementary-vote', 'single-transferable-vote'].includes(form.voting_system)
        ? 'figures.first'
        : 'figures.votes'

/** What is said below a name: the party, unless it says the same. */
export const subOf = (form, one) => (one.individual ? t('seat.individual') : form.question || one.party === one.name ? null : one.party)

/** Who would have a list's next seat: people who have won a constituency are struck out. Null where the names are unknown. */
export function personOf(form, list, before) {
  const found = form.candidates.find((one) => one.candidate === list)
  if (!found?.people) return null
  return found.people.filter((one) => !one.won)[before]?.name ?? t('seat.nobody')
}

const byListOf = (ids) => Object.entries(ids.reduce((all, one) => ({ ...all, [one]: (all[one] ?? 0) + 1 }), {}))
export const sharedOut = (form, ids) => listed(byListOf(ids).map(([one, n]) => `${nameOf(form, one)} ${n}`))
export const didSays = (form, stage) =>
  stage?.action && stage.of?.length
    ? t(`stage.${stage.action}`, { names: listed(stage.of.map((one) => nameOf(form, one))) })
    : t('stage.did')

/** Who is elected and excluded when a stage is over, in words. */
export function endSays(form, count, elected, excluded) {
  const names = (ids) => listed(ids.map((one) => nameOf(form, one))),
    reached = elected.filter((one) => count.how.get(one)?.quota),
    below = elected.filter((one) => !count.how.get(one)?.quota)
  return (
    [
      reached.length && t('stage.elected', { names: names(reached) }),
      below.length && t('stage.elected.below', { names: names(below) }),
      excluded.length && t('stage.excluded', { names: names(excluded) }),
    ]
      .filter(Boolean)
      .join(' ') || t('stage.nobody')
  )
}
